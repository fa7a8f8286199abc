import { ParleyError } from './error.js';
import { systemClock } from './clock.js';
import { tuneSender } from './encodings.js';

const CONNECT_TIMEOUT_MS = 20_000;
/** How long a connection may stay "disconnected" before it counts as lost; ICE may yet recover. */
const RECOVERY_MS = 5_000;

/**
 * @typedef {import('../parley.js').Publication} Publication
 * @typedef {import('./signaling.js').Message} Message
 * @typedef {import('../parley.js').MediaState} MediaState
 *
 * @typedef {object} Handlers
 * @property {(sdp: string, version: number) => Promise<unknown>} sendAnswer
 * @property {(sdp: string) => Promise<Message>} sendOffer   resolves to the server's answer
 * @property {(trackId: string) => Publication | undefined} publication
 * @property {(media: Map<string, MediaStreamTrack>) => void} onMedia  by track id, all that arrive now
 * @property {(state: MediaState) => void} onState
 * @property {(reason: string) => void} onLost  once: this connection will not come back
 * @property {(channel: RTCDataChannel) => void} onChannel
 * @property {import('./clock.js').Clock} [clock]
 */

/**
 * The RTCPeerConnection and what its m-lines mean. The server offers, this side answers: slots say
 * whose track arrives on a mid, publications say which local track goes out on one. Descriptions are
 * handled one after the other. When this side offers too it is the polite peer of "perfect
 * negotiation": https://www.w3.org/TR/webrtc/#perfect-negotiation-example
 */
export class MediaConnection {
  /** @type {RTCPeerConnection} */ pc;
  /** @type {Handlers} */ #handlers;
  #clock;
  #closed = false;
  /** @type {Promise<unknown>} */ #queue = Promise.resolve();
  /** Which local track goes out on which mid. @type {Map<string, Publication>} */
  #senders = new Map();
  /** @type {unknown} */ #timer;

  /** @param {Handlers} handlers */
  constructor(handlers) {
    this.#handlers = handlers;
    this.#clock = handlers.clock ?? systemClock;
    this.pc = this.#open();
    this.#giveUpAfter(CONNECT_TIMEOUT_MS, 'connect-timeout');
  }

  /** @param {RTCIceServer[]} [iceServers] */
  #open(iceServers = []) {
    const pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle', iceServers });
    pc.onconnectionstatechange = () => this.#stateChanged();
    pc.onnegotiationneeded = () => this.#enqueue(() => this.#offer());
    pc.ondatachannel = ({ channel }) => this.#handlers.onChannel(channel);
    return pc;
  }

  /**
   * To be called before the first offer. The connection becomes another one: to change the servers of
   * one that is there counts as an ICE restart, which wants an offer.
   *
   * @param {RTCIceServer[]} iceServers
   */
  useIceServers(iceServers) {
    if (iceServers.length === 0 || this.#closed) return;
    this.pc.onconnectionstatechange = null;
    this.pc.close();
    this.pc = this.#open(iceServers);
  }

  /** Media flows: a resume may go on with this connection. */
  get alive() {
    return !this.#closed && this.pc.connectionState === 'connected';
  }

  /** @param {Message} offer the server's event */
  applyOffer(offer) {
    return this.#enqueue(async () => {
      await this.pc.setRemoteDescription({ type: 'offer', sdp: offer.sdp });
      await this.#bind(offer.publications ?? []);
      await this.pc.setLocalDescription(await this.pc.createAnswer());
      const answered = this.#handlers.sendAnswer(this.pc.localDescription?.sdp ?? '', offer.version);
      answered.catch((error) => this.#negotiationFailed(error));
      this.#showSlots(offer.slots ?? []);
    });
  }

  /** @param {Message[]} slots the mapping changed without an offer */
  applySlots(slots) {
    return this.#enqueue(async () => this.#showSlots(slots));
  }

  /**
   * Sends another MediaStreamTrack (or nothing) in place of a publication's present one.
   *
   * @param {Publication} publication
   */
  async replace(publication) {
    for (const [mid, bound] of this.#senders) {
      if (bound === publication) await this.#transceiver(mid)?.sender.replaceTrack(publication.track);
    }
    // Another camera may be larger or smaller. In turn with the descriptions, which set parameters too.
    this.#enqueue(() => this.#tune());
  }

  close() {
    if (this.#closed) return;
    this.#closed = true;
    this.#clock.cancel(this.#timer);
    this.pc.onconnectionstatechange = this.pc.onnegotiationneeded = this.pc.ondatachannel = null;
    this.pc.close();
  }

  /** @param {() => Promise<void>} step */
  #enqueue(step) {
    const run = this.#queue.then(async () => {
      if (!this.#closed) await step();
    });
    this.#queue = run.catch((error) => this.#negotiationFailed(error));
    return this.#queue;
  }

  /** @param {unknown} error */
  #negotiationFailed(error) {
    if (this.#closed) return;
    // A connection lost in mid-answer is the business of whoever owns the connection.
    if (error instanceof ParleyError && ['connection_lost', 'timeout', 'unexpected_answer'].includes(error.code)) return;
    console.warn('Parley: negotiation failed:', error);
    this.#lost('negotiation-failed');
  }

  async #offer() {
    if (this.pc.signalingState !== 'stable') return;
    await this.pc.setLocalDescription(await this.pc.createOffer());
    try {
      const { answer } = await this.#handlers.sendOffer(this.pc.localDescription?.sdp ?? '');
      if (this.#closed) return;
      await this.pc.setRemoteDescription({ type: 'answer', sdp: answer.sdp });
      this.#showSlots(answer.slots ?? []);
    } catch (error) {
      if (!(error instanceof ParleyError && error.code === 'offer_collision')) throw error;
      // The server's offer is on its way; once it is answered the browser asks for ours again.
      await this.pc.setLocalDescription({ type: 'rollback' });
    }
  }

  /** @param {Message[]} publications */
  async #bind(publications) {
    const bound = new Map();
    for (const { mid, track } of publications) {
      const publication = this.#handlers.publication(track);
      if (publication) bound.set(mid, publication);
    }
    for (const transceiver of this.pc.getTransceivers()) {
      const mid = transceiver.mid ?? '';
      const publication = bound.get(mid);
      if (publication) {
        transceiver.direction = 'sendonly';
        if (this.#senders.get(mid) !== publication) await transceiver.sender.replaceTrack(publication.track);
      } else if (this.#senders.has(mid)) {
        transceiver.direction = 'inactive';
        await transceiver.sender.replaceTrack(null);
      }
    }
    this.#senders = bound;
    // Before the answer, so that the first frame has the right sizes, and each time: Chromium switches
    // all layers on that an offer has room for.
    await this.#tune();
  }

  async #tune() {
    for (const [mid, { source, simulcast, track }] of this.#senders) {
      const sender = track && this.#transceiver(mid)?.sender;
      if (!sender) continue;
      const { width, height } = track.getSettings();
      await tuneSender(sender, { source, simulcast, width, height });
    }
  }

  /** @param {Message[]} slots */
  #showSlots(slots) {
    /** @type {Map<string, MediaStreamTrack>} */
    const media = new Map();
    for (const { mid, track } of slots) {
      const transceiver = track && this.#transceiver(mid);
      if (transceiver) media.set(track, transceiver.receiver.track);
    }
    this.#handlers.onMedia(media);
  }

  /** @param {string} mid */
  #transceiver(mid) {
    return this.pc.getTransceivers().find((transceiver) => transceiver.mid === mid);
  }

  #stateChanged() {
    const state = this.pc.connectionState;
    if (state === 'connected') this.#clock.cancel(this.#timer);
    else if (state === 'disconnected') this.#giveUpAfter(RECOVERY_MS, 'disconnected');
    else if (state === 'failed' || state === 'closed') this.#lost(state);
    if (!this.#closed) this.#handlers.onState(/** @type {MediaState} */ (state));
  }

  /** @param {number} ms @param {string} reason */
  #giveUpAfter(ms, reason) {
    this.#clock.cancel(this.#timer);
    this.#timer = this.#clock.after(() => this.#lost(reason), ms);
  }

  /** @param {string} reason */
  #lost(reason) {
    if (this.#closed) return;
    this.close();
    this.#handlers.onLost(reason);
  }
}
