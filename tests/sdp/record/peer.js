// In the page: one RTCPeerConnection at a time, driven as the meeting page drives its own.
'use strict';

let pc;

async function media(kind) {
  const stream = await navigator.mediaDevices.getUserMedia({ [kind]: true });
  return stream.getTracks()[0];
}

const transceiver = (mid) => pc.getTransceivers().find((one) => one.mid === mid);

async function answerNow() {
  await pc.setLocalDescription(await pc.createAnswer());
  return pc.localDescription.sdp;
}

window.peer = {
  open() {
    pc?.close();
    pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
  },

  // publications: {mid: 'audio'|'video'}
  async answer(sdp, publications = {}) {
    await pc.setRemoteDescription({ type: 'offer', sdp });
    for (const [mid, kind] of Object.entries(publications)) {
      const one = transceiver(mid);
      await one.sender.replaceTrack(await media(kind));
      one.direction = 'sendonly';
    }
    return answerNow();
  },

  // What to offer: {kind, direction, rids?, inactive?} or {kind, track: true} for a transceiver, {data: true} for a
  // channel, {stop: mid} to end one.
  async offer(wishes) {
    for (const wish of wishes) {
      if (wish.stop) transceiver(wish.stop).stop();
      else if (wish.data) pc.createDataChannel('room');
      else if (wish.track) pc.addTrack(await media(wish.kind), new MediaStream());
      else pc.addTransceiver(wish.direction === 'recvonly' ? wish.kind : await media(wish.kind), {
        direction: wish.direction,
        streams: [new MediaStream()],
        sendEncodings: wish.rids?.map((rid, i, all) => ({
          rid, scaleResolutionDownBy: 2 ** (all.length - 1 - i), active: !wish.inactive?.includes(rid),
        })),
      });
    }
    await pc.setLocalDescription(await pc.createOffer());
    return pc.localDescription.sdp;
  },

  async takeAnswer(sdp) {
    await pc.setRemoteDescription({ type: 'answer', sdp });
    return pc.getTransceivers().map((one) => `${one.mid}:${one.currentDirection}`);
  },

  // The rids that are sent.
  encodings: (mid) => transceiver(mid).sender.getParameters().encodings
    .filter(({ active }) => active).map(({ rid }) => rid).join(),

  directions: () => pc.getTransceivers().map((one) => `${one.mid}:${one.currentDirection}`),
  streams: () => pc.getReceivers().map((one) => one.track.id),
};
