import { settle } from './clock.mjs';

export function fakeTrack(kind, id = `${kind}-${Math.random()}`) {
  return { kind, id, enabled: true, getSettings() { return this.settings ?? {}; }, stop() { this.stopped = true; } };
}

class FakeSender {
  track = null;
  parameters = null;
  async replaceTrack(track) { this.track = track; }
  getParameters() { return { encodings: [{}] }; }
  async setParameters(parameters) { this.parameters = parameters; }
}

/** An RTCPeerConnection without a network. Its "SDP" is a JSON list of {mid, kind}. */
export class FakePeerConnection {
  /** @type {FakePeerConnection[]} */ static all = [];
  static get last() { return FakePeerConnection.all.at(-1); }

  connectionState = 'new';
  signalingState = 'stable';
  localDescription = null;
  transceivers = [];
  log = [];
  /** Set to make the next setRemoteDescription fail. */
  failure = null;

  constructor() { FakePeerConnection.all.push(this); }
  getTransceivers() { return this.transceivers; }
  transceiver(mid) { return this.transceivers.find((each) => each.mid === mid); }

  async setRemoteDescription({ type, sdp }) {
    this.log.push(`remote ${type}`);
    if (this.failure) throw this.failure;
    if (type === 'offer') {
      if (this.signalingState !== 'stable') throw new Error(`offer in ${this.signalingState}`);
      for (const { mid, kind } of JSON.parse(sdp)) {
        if (!this.transceiver(mid)) {
          this.transceivers.push({ mid, direction: 'recvonly', receiver: { track: fakeTrack(kind, `received-${mid}`) }, sender: new FakeSender() });
        }
      }
    }
    this.signalingState = type === 'offer' ? 'have-remote-offer' : 'stable';
  }
  async createAnswer() { return { type: 'answer', sdp: 'answer' }; }
  async createOffer() { return { type: 'offer', sdp: 'offer' }; }
  async setLocalDescription(description) {
    this.log.push(`local ${description.type}`);
    this.signalingState = description.type === 'offer' ? 'have-local-offer' : 'stable';
    this.localDescription = description.type === 'rollback' ? null : description;
  }
  async become(state) {
    this.connectionState = state;
    this.onconnectionstatechange?.();
    await settle();
  }
  close() {
    this.connectionState = 'closed';
    this.closed = true;
  }
  async getStats() { return new Map(); }

  static install() {
    FakePeerConnection.all = [];
    globalThis.RTCPeerConnection = FakePeerConnection;
  }
}
