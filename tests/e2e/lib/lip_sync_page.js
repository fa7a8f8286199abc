// Runs in a page, as a classic script: something that flashes and beeps at one moment, and something that
// sees and hears how far apart the two are played. Everything is in window.lipSync.

/** A picture that is never still, and white while it flashes. */
class FlashingCanvas {
  constructor(hue) {
    const canvas = Object.assign(document.createElement('canvas'), { width: 160, height: 120 });
    this.context = canvas.getContext('2d');
    this.hue = hue;
    this.step = 0;
    this.track = canvas.captureStream(30).getVideoTracks()[0];
  }

  draw(flashing) {
    this.context.fillStyle = flashing ? '#fff' : `hsl(${this.hue} 60% 12%)`;
    this.context.fillRect(0, 0, 160, 120);
    if (!flashing) this.context.fillStyle = '#345';
    this.context.fillRect(this.step++ % 150, 110, 10, 10);
  }
}

/** Sound and pictures that mark the same moments. */
class Marker {
  static LENGTH_MS = 120;

  constructor(audio) {
    this.audio = audio;
    this.gate = new GainNode(audio, { gain: 0 });
    const destination = new MediaStreamAudioDestinationNode(audio, { channelCount: 1 });
    const tone = new OscillatorNode(audio, { frequency: 1000 });
    tone.connect(this.gate).connect(destination);
    tone.start();
    this.audioTrack = destination.stream.getAudioTracks()[0];
    this.canvases = [new FlashingCanvas(200), new FlashingCanvas(20)];
    /** When there were flashes and beeps. @type {number[]} */
    this.moments = [];
    const draw = () => {
      const now = performance.now();
      if (now > this.next + Marker.LENGTH_MS) this.#schedule(now);
      for (const canvas of this.canvases) canvas.draw(now >= this.next);
      requestAnimationFrame(draw);
    };
    this.#schedule(performance.now());
    draw();
  }

  // About one each second; not exactly, or every one would meet the same phase of frames and buffers.
  #schedule(now) {
    this.next = now + 750 + 100 * Math.random();
    this.moments.push(this.next);
    const at = this.audio.currentTime + (this.next - now) / 1000;
    this.gate.gain.setValueAtTime(0.5, at);
    this.gate.gain.setValueAtTime(0, at + Marker.LENGTH_MS / 1000);
  }
}

const ONSETS = `registerProcessor('onsets', class extends AudioWorkletProcessor {
  quiet = 0;
  process([[samples]]) {
    for (let i = 0; samples && i < samples.length; ++i) {
      if (Math.abs(samples[i]) < 0.05) { this.quiet += 1; continue; }
      if (this.quiet > 0.2 * sampleRate) this.port.postMessage(currentTime + i / sampleRate);
      this.quiet = 0;
    }
    return true;
  }
});`;

/** Plays a sound and a picture together, and notes when the one begins and the other turns white. */
class Witness {
  /** @type {number[]} */ flashes = [];
  /** @type {number[]} */ beeps = [];
  frames = 0;

  constructor(audio, pc, audioTrack, videoTrack) {
    this.pc = pc;
    const stream = new MediaStream([audioTrack, videoTrack]);
    this.video = Object.assign(document.createElement('video'), { autoplay: true, srcObject: stream });
    document.body.append(this.video);
    this.#watch();
    this.#listen(audio, new MediaStream([audioTrack]));
  }

  #watch() {
    const pixel = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
    let bright = false;
    const look = (_now, { expectedDisplayTime }) => {
      this.frames += 1;
      pixel.drawImage(this.video, 40, 30, 1, 1, 0, 0, 1, 1);
      const was = bright;
      bright = pixel.getImageData(0, 0, 1, 1).data[1] > 128;
      if (bright && !was) this.flashes.push(expectedDisplayTime);
      this.video.requestVideoFrameCallback(look);
    };
    this.video.requestVideoFrameCallback(look);
  }

  #listen(audio, stream) {
    const onsets = new AudioWorkletNode(audio, 'onsets');
    new MediaStreamAudioSourceNode(audio, { mediaStream: stream }).connect(onsets);
    onsets.port.onmessage = ({ data }) => {
      const { contextTime, performanceTime } = audio.getOutputTimestamp();
      this.beeps.push(performanceTime + (data - contextTime) * 1000);
    };
  }

  /** By how much the picture of a moment came after its sound, in milliseconds. */
  offset(moment) {
    const [flash, beep] = [this.flashes, this.beeps].map((times) => times.find((time) => time > moment - 50 && time < moment + 650));
    return flash === undefined || beep === undefined ? null : flash - beep;
  }

  /** The same as the browser itself believes it, by the sender reports; null before it knows. */
  async believed() {
    const stats = [...(await this.pc.getStats()).values()].filter(({ type }) => type === 'inbound-rtp');
    const [audio, video] = ['audio', 'video'].map((wanted) => stats.find(({ kind }) => kind === wanted)?.estimatedPlayoutTimestamp);
    return audio && video ? audio - video : null;
  }
}

/** A call within the page, with no server between. */
async function callDirectly(audioTrack, videoTrack) {
  const [from, to] = [new RTCPeerConnection(), new RTCPeerConnection()];
  from.onicecandidate = ({ candidate }) => to.addIceCandidate(candidate);
  to.onicecandidate = ({ candidate }) => from.addIceCandidate(candidate);
  const tracks = new Promise((resolve) => {
    const received = {};
    to.ontrack = ({ track }) => {
      received[track.kind] = track;
      if (received.audio && received.video) resolve(received);
    };
  });
  const stream = new MediaStream([audioTrack, videoTrack]);
  from.addTrack(audioTrack, stream);
  const sender = from.addTrack(videoTrack, stream);
  await from.setLocalDescription();
  await to.setRemoteDescription(from.localDescription);
  await to.setLocalDescription();
  await from.setRemoteDescription(to.localDescription);
  return { pc: to, sender, tracks: await tracks };
}

/** The same through a room of the server. */
async function callThroughRoom(name, audioTrack, videoTrack) {
  const { Room } = await import('/assets/parley.js');
  const [from, to] = [new Room(), new Room()];
  const publications = [await from.publish(audioTrack), await from.publish(videoTrack)];
  const tracks = new Promise((resolve) => {
    const received = {};
    to.addEventListener('track-media', ({ detail: { track, mediaTrack } }) => {
      received[track.kind] = mediaTrack;
      if (received.audio && received.video) resolve(received);
    });
  });
  await from.join({ room: name, name: 'From', data: false, subscribe: 'none' });
  await to.join({ room: name, name: 'To', data: false });
  return { from, to, publications, tracks: await tracks };
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

window.lipSync = {
  async start(room) {
    const audio = new AudioContext({ sampleRate: 48_000, latencyHint: 'interactive' });
    await audio.audioWorklet.addModule(URL.createObjectURL(new Blob([ONSETS], { type: 'text/javascript' })));
    const marker = new Marker(audio);
    const [camera] = marker.canvases;
    const direct = await callDirectly(marker.audioTrack.clone(), camera.track);
    const call = await callThroughRoom(room, marker.audioTrack, camera.track);
    Object.assign(this, { marker, direct, call });
    this.witnesses = {
      direct: new Witness(audio, direct.pc, direct.tracks.audio, direct.tracks.video),
      server: new Witness(audio, call.to.peerConnection, call.tracks.audio, call.tracks.video),
    };
  },

  async mute(muted) {
    await this.call.from.setMuted(this.call.publications[0], muted);
  },

  async changeCamera() {
    const { track } = this.marker.canvases[1];
    await this.direct.sender.replaceTrack(track);
    await this.call.from.replaceTrack(this.call.publications[1], track);
  },

  /** Watches both calls until `count` moments were seen and heard in each. */
  async measure(count, timeoutMs) {
    const start = performance.now();
    const { direct, server } = this.witnesses;
    const believed = { direct: [], server: [] };
    const moments = () => this.marker.moments.filter((moment) => moment > start)
      .map((moment) => ({ direct: direct.offset(moment), server: server.offset(moment) }))
      .filter((seen) => seen.direct !== null && seen.server !== null);
    while (moments().length < count && performance.now() - start < timeoutMs) {
      await sleep(200);
      for (const [name, witness] of Object.entries(this.witnesses)) {
        const value = await witness.believed();
        if (value !== null) believed[name].push(value);
      }
    }
    return { moments: moments(), believed };
  },
};
