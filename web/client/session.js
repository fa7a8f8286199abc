import { ParleyError } from './error.js';
import { Signaling, CLOSE_LEAVING, CLOSE_LOST } from './signaling.js';
import { MediaConnection } from './media.js';
import { pauseBefore, SEAT_KEPT_MS } from './backoff.js';
import { systemClock } from './clock.js';

/** Media connections that may be lost in a row before the network is taken to let none through. */
const MEDIA_LOSSES = 3;
/** A media connection that lasted this long was a good one. */
const MEDIA_PROVEN_MS = 10_000;
const PASSING = new Set(['connection_failed', 'connection_lost', 'timeout', 'too_many_requests', 'internal']);

/**
 * @typedef {import('../parley.js').RoomState} RoomState
 * @typedef {import('../parley.js').LeaveReason} LeaveReason
 * @typedef {import('./signaling.js').Message} Message
 *
 * @typedef {object} Handlers
 * @property {(state: RoomState, reason?: string) => void} onState
 * @property {() => void} onJoining  a fresh join is on its way: what is sent now follows it
 * @property {(reply: Message) => void} onJoined
 * @property {(event: Message) => void} onEvent
 * @property {(reason: LeaveReason, error?: ParleyError) => void} onEnd
 * @property {import('./media.js').Handlers['onMedia']} onMedia
 * @property {import('./media.js').Handlers['onState']} onMediaState
 * @property {import('./media.js').Handlers['onChannel']} onChannel
 * @property {import('./media.js').Handlers['publication']} publication
 */

/**
 * A seat in a room, kept through lost connections. It owns the signaling and the media connection of
 * the moment; when either is lost it takes the seat back, with the media connection where that still
 * lives and with a new one where not.
 */
export class Session {
  /** @type {RoomState} */ state = 'new';
  /** @type {MediaConnection | null} */ media = null;
  #url; #fields; #handlers; #clock; #random;
  /** @type {Signaling | null} */ #signaling = null;
  /** @type {{participant: string, token: string} | null} */ #seat = null;
  #mediaLosses = 0;
  #mediaSince = 0;
  /** Cuts the pause between two attempts short. */
  #wake = () => {};

  /**
   * @param {string} url
   * @param {Message} fields of the join request
   * @param {Handlers} handlers
   * @param {{clock?: import('./clock.js').Clock, random?: () => number}} [environment]
   */
  constructor(url, fields, handlers, { clock = systemClock, random = Math.random } = {}) {
    this.#url = url;
    this.#fields = fields;
    this.#handlers = handlers;
    this.#clock = clock;
    this.#random = random;
  }

  /** Joins, or rejects and stays unjoined. */
  async start() {
    this.#setState('joining');
    try {
      await this.#attempt();
    } catch (error) {
      if (this.#ended) throw leftMeanwhile();
      this.#discard(CLOSE_LEAVING);
      this.#setState('new');
      throw error;
    }
    globalThis.addEventListener?.('online', this.#onOnline);
  }

  /**
   * @param {string} type
   * @param {Message} [fields]
   * @returns {Promise<Message>}
   */
  request(type, fields) {
    if (!this.#signaling) return Promise.reject(new ParleyError('not_joined', 'Not connected to a room.'));
    return this.#signaling.request(type, fields);
  }

  /**
   * @param {LeaveReason} reason
   * @param {ParleyError} [error]
   */
  end(reason, error) {
    if (this.#ended) return;
    if (this.state === 'joined' && reason === 'left') this.#signaling?.tell('leave');
    this.#discard(CLOSE_LEAVING);
    globalThis.removeEventListener?.('online', this.#onOnline);
    this.#setState('left', reason);
    this.#wake();
    this.#handlers.onEnd(reason, error);
  }

  get #ended() {
    return this.state === 'left';
  }

  #onOnline = () => this.#wake();

  /** One try at the seat, or at a first one. */
  async #attempt() {
    const keep = this.#seat !== null && this.media?.alive === true;
    if (!keep) this.#renewMedia();
    const signaling = await Signaling.open(this.#url, {
      clock: this.#clock,
      onEvent: (event) => this.#receive(event),
      onClose: ({ code, reason }) => this.#lost(reason || `closed ${code}`),
    });
    if (this.#ended) {
      signaling.close(CLOSE_LEAVING);
      throw leftMeanwhile();
    }
    this.#signaling = signaling;
    const resume = this.#seat && { ...this.#seat, media: keep ? 'keep' : 'new' };
    const reply = signaling.request('join', resume ? { ...this.#fields, resume } : this.#fields);
    if (!resume) this.#handlers.onJoining();
    this.#joined(await reply, keep);
  }

  /**
   * @param {Message} reply
   * @param {boolean} mediaKept
   */
  #joined(reply, mediaKept) {
    this.#seat = { participant: reply.participant, token: reply.resumeToken };
    if (!mediaKept) this.media?.useIceServers(reply.iceServers ?? []);
    this.#setState('joined');
    this.#handlers.onJoined(reply);
  }

  #renewMedia() {
    this.media?.close();
    this.media = new MediaConnection({
      clock: this.#clock,
      sendAnswer: (sdp, version) => this.request('answer', { sdp, version }),
      sendOffer: async (sdp) => this.request('offer', { sdp }),
      publication: this.#handlers.publication,
      onMedia: this.#handlers.onMedia,
      onChannel: this.#handlers.onChannel,
      onState: (state) => {
        if (state === 'connected') this.#mediaSince = this.#clock.now();
        this.#handlers.onMediaState(state);
      },
      onLost: (reason) => this.#mediaLost(reason),
    });
  }

  /** @param {Message} event */
  #receive(event) {
    switch (event.type) {
      case 'offer':
        this.media?.applyOffer(event);
        break;
      case 'slots':
        this.media?.applySlots(event.slots);
        break;
      case 'transport-closed':
        this.media?.close();
        this.#mediaLost(event.reason ?? event.type);
        break;
      case 'removed':
      case 'room-closed':
        this.end(event.type, new ParleyError(event.type.replace('-', '_'), event.reason ?? ''));
        break;
      default:
        this.#handlers.onEvent(event);
    }
  }

  /** @param {string} reason */
  #mediaLost(reason) {
    const proven = this.#mediaSince > 0 && this.#clock.now() - this.#mediaSince >= MEDIA_PROVEN_MS;
    this.#mediaSince = 0;
    this.#mediaLosses = proven ? 1 : this.#mediaLosses + 1;
    this.#handlers.onMediaState('closed');
    if (this.#mediaLosses >= MEDIA_LOSSES) {
      this.end('media-failed', new ParleyError('media_failed', 'No media connection to the server came about.'));
    } else {
      this.#lost(reason);
    }
  }

  /**
   * Either connection is gone. An attempt in flight fails by itself when its signaling is closed.
   *
   * @param {string} reason
   */
  #lost(reason) {
    this.#signaling?.close(CLOSE_LOST);
    this.#signaling = null;
    if (this.state === 'joined') this.#reconnect(reason);
  }

  /** @param {string} reason */
  async #reconnect(reason) {
    this.#setState('reconnecting', reason);
    const deadline = this.#clock.now() + SEAT_KEPT_MS;
    for (let attempt = 0; ; ++attempt) {
      await this.#pause(pauseBefore(attempt, this.#random()));
      if (this.#ended) return;
      try {
        await this.#attempt();
        return;
      } catch (error) {
        if (this.#ended) return;
        this.#signaling?.close(CLOSE_LOST);
        this.#signaling = null;
        const { code } = /** @type {ParleyError} */ (error);
        if (code === 'resume_failed') {
          this.#lowerExpectations();
          attempt = -1;
        } else if (!PASSING.has(code)) return this.end('refused', /** @type {ParleyError} */ (error));
      }
      if (this.#clock.now() >= deadline) return this.end('connection-lost');
    }
  }

  /** A seat that cannot be had with the old media may be had with new; else it is gone: join afresh. */
  #lowerExpectations() {
    if (this.media?.alive) this.media.close();
    else this.#seat = null;
  }

  /** @param {number} ms @returns {Promise<void>} */
  #pause(ms) {
    return new Promise((resolve) => {
      const timer = this.#clock.after(resolve, ms);
      this.#wake = () => {
        this.#clock.cancel(timer);
        resolve();
      };
    });
  }

  /** @param {number} code */
  #discard(code) {
    this.#signaling?.close(code);
    this.#signaling = null;
    this.media?.close();
    this.media = null;
  }

  /** @param {RoomState} state @param {string} [reason] */
  #setState(state, reason) {
    this.state = state;
    this.#handlers.onState(state, reason);
  }
}

function leftMeanwhile() {
  return new ParleyError('left', 'The room was left before it was joined.');
}
