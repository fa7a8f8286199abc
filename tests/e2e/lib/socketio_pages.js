// What the pages of existing Socket.IO clients do, run in pages that have their libraries. Each sets
// `window.connections`, the peer connections that are open.

/** Two people and a peer connection, as articles on WebRTC teach it. */
export async function callOfTwo(room) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { width: 160, height: 120, frameRate: 15 }, audio: true });
  const socket = io.connect('/');
  let peer, partner;
  window.connections = () => (peer ? [peer] : []);

  const connect = (target) => {
    peer?.close();
    partner = target;
    peer = new RTCPeerConnection();
    peer.onicecandidate = ({ candidate }) => { if (candidate) socket.emit('ice-candidate', { target: partner, candidate }); };
    peer.ontrack = ({ streams: [remote] }) => {
      const video = document.querySelector('video') ?? document.body.appendChild(document.createElement('video'));
      Object.assign(video, { autoplay: true, srcObject: remote });
    };
    for (const track of stream.getTracks()) peer.addTrack(track, stream);
    return peer;
  };

  socket.on('other user', (id) => {
    connect(id).onnegotiationneeded = async () => {
      await peer.setLocalDescription(await peer.createOffer());
      socket.emit('offer', { target: id, caller: socket.id, sdp: peer.localDescription });
    };
  });
  socket.on('user joined', (id) => { partner = id; });
  socket.on('offer', async ({ caller, sdp }) => {
    await connect(caller).setRemoteDescription(sdp);
    await peer.setLocalDescription(await peer.createAnswer());
    socket.emit('answer', { target: caller, caller: socket.id, sdp: peer.localDescription });
  });
  socket.on('answer', ({ sdp }) => peer.setRemoteDescription(sdp));
  socket.on('ice-candidate', (candidate) => peer.addIceCandidate(candidate));
  await new Promise((resolve) => { socket.on('connect', resolve); });
  socket.emit('join room', room);
}

/** Everybody calls whoever comes, by PeerJS. */
export async function peerChat({ room, options }) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { width: 160, height: 120, frameRate: 15 }, audio: true });
  const socket = io('/');
  const me = new Peer(undefined, options);
  const calls = new Map();
  window.connections = () => [...calls.values()].map(({ peerConnection }) => peerConnection);

  const show = (call, id) => {
    const video = document.createElement('video');
    call.on('stream', (remote) => document.body.appendChild(Object.assign(video, { autoplay: true, srcObject: remote })));
    call.on('close', () => { video.remove(); calls.delete(id); });
    calls.set(id, call);
  };
  me.on('call', (call) => {
    call.answer(stream);
    show(call, call.peer);
  });
  socket.on('user-connected', (id) => show(me.call(id, stream), id));
  socket.on('user-disconnected', (id) => calls.get(id)?.close());
  await new Promise((resolve) => { me.on('open', resolve); });
  socket.emit('join-room', room, me.id);
}

/** Whoever comes calls everybody listed. `room` is p5LiveMedia's; null for the one list of all. */
export async function meshOfSimplePeers(room) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { width: 160, height: 120, frameRate: 15 }, audio: true });
  const socket = io();
  const peers = new Map();
  window.connections = () => [...peers.values()].map(({ _pc }) => _pc);

  const add = (id, initiator) => {
    const peer = new SimplePeer({ initiator, stream });
    peer.on('signal', (data) => socket.emit('signal', id, socket.id, data));
    peer.on('stream', (remote) => document.body.appendChild(Object.assign(document.createElement('video'), { autoplay: true, srcObject: remote })));
    peer.on('error', () => {});
    peers.set(id, peer);
    return peer;
  };
  socket.on('listresults', (ids) => { for (const id of ids) if (id !== socket.id) add(id, true); });
  socket.on('signal', (to, from, data) => (peers.get(from) ?? add(from, false)).signal(data));
  socket.on('peer_disconnect', (id) => {
    peers.get(id)?.destroy();
    peers.delete(id);
  });
  await new Promise((resolve) => { socket.on('connect', resolve); });
  if (room === null) socket.emit('list');
  else socket.emit('room_connect', room);
}

/** Chunks of a recorder, in a channel. */
export async function beepRecorder({ name, channel }) {
  const part = (value) => btoa(JSON.stringify(value)).replaceAll('=', '');
  const token = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub: `id-${name}`, username: name })}.c2ln`;
  const socket = io('/', { transports: ['websocket'], auth: { token } });
  window.received = { audio: [], stream: [] };
  for (const event of ['audio', 'stream']) socket.on(event, ({ audio }) => window.received[event].push(audio));

  const summary = async (chunks) => {
    const blob = new Blob(chunks);
    const hash = await crypto.subtle.digest('SHA-256', await blob.arrayBuffer());
    return { chunks: chunks.length, bytes: blob.size, hash: [...new Uint8Array(hash)].join(' ') };
  };
  window.digest = async () => ({ audio: await summary(window.received.audio), stream: await summary(window.received.stream) });

  window.record = async (count) => {
    const stream = await navigator.mediaDevices.getUserMedia({ video: { width: 160, height: 120, frameRate: 15 }, audio: true });
    const recorder = new MediaRecorder(stream, { mimeType: 'video/webm;codecs=vp8,opus' });
    const chunks = [];
    await new Promise((resolve) => {
      recorder.ondataavailable = ({ data }) => {
        if (chunks.length === count) return;
        chunks.push(data);
        socket.emit('audio', { audio: data, channel_id: channel });
        if (chunks.length === count) resolve();
      };
      recorder.start(150);
    });
    recorder.stop();
    return summary(chunks);
  };

  window.play = async () => {
    const blob = new Blob(window.received.audio, { type: 'video/webm;codecs=vp8,opus' });
    const video = document.body.appendChild(Object.assign(document.createElement('video'), { muted: true, src: URL.createObjectURL(blob) }));
    await video.play();
    await new Promise((resolve) => { video.onended = resolve; });
    const sound = await new OfflineAudioContext(1, 48_000, 48_000).decodeAudioData(await blob.arrayBuffer());
    const loudest = sound.getChannelData(0).reduce((max, sample) => Math.max(max, Math.abs(sample)), 0);
    return { frames: video.getVideoPlaybackQuality().totalVideoFrames, width: video.videoWidth, loudest };
  };

  await new Promise((resolve) => { socket.on('connect', resolve); });
  const joined = new Promise((resolve) => { socket.once('usermove', resolve); });
  socket.emit('join_voice', { serverId: 's', channelId: channel });
  await joined;
}
