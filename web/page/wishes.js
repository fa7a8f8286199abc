import { systemClock } from '../client/clock.js';
import { chooseLayer } from './layers.js';

/** What looks worse the longer it waits, and what may wait for a layout to come to rest. */
const SOON_MS = 20;
const SETTLED_MS = 300;
/** The Room asks again by itself once it is connected. */
const UNREACHED = new Set(['connection_lost', 'not_joined', 'timeout']);

/**
 * Asks the server for no more of the others' pictures than the page shows: small layers for small tiles,
 * nothing for tiles on another page and nothing at all while nobody sees the page.
 *
 * @typedef {object} Picture
 * @property {string} track
 * @property {readonly string[]} layers
 * @property {number} lines    as drawn, in pixels of the screen
 * @property {boolean} hidden
 * @property {boolean} pinned  chosen by the user
 *
 * @typedef {{paused: boolean, layer: string, pinned: boolean}} Wish
 */
export class Wishes {
  #room; #clock;
  /** @type {Picture[]} */ #pictures = [];
  #unseen = false;
  /** What the server knows, by track. @type {Map<string, Wish>} */ #asked = new Map();
  /** @type {unknown} */ #timer = null;

  /**
   * @param {Pick<import('../parley.js').Room, 'subscribe' | 'state'>} room
   * @param {import('../client/clock.js').Clock} [clock]
   */
  constructor(room, clock = systemClock) {
    this.#room = room;
    this.#clock = clock;
  }

  /** What is on the page now. @param {Picture[]} pictures */
  show(pictures) {
    this.#pictures = pictures;
    // A track that comes back under its old id is a new one to the server.
    for (const track of this.#asked.keys()) {
      if (!pictures.some((picture) => picture.track === track)) this.#asked.delete(track);
    }
    this.#schedule();
  }

  /** Whether anybody can see the tiles at all. @param {boolean} seen */
  setSeen(seen) {
    this.#unseen = !seen;
    this.#schedule();
  }

  /** Whether the server was asked to send it. @param {string} track */
  isWanted(track) {
    return !this.#asked.get(track)?.paused;
  }

  /** A new seat: the server knows of no wishes. */
  forget() {
    this.#asked.clear();
    this.#schedule();
  }

  #schedule() {
    this.#clock.cancel(this.#timer);
    const changes = this.#changes();
    if (changes.length === 0) return;
    const urgent = changes.some(({ track, paused }) => !this.#asked.has(track) || (this.#asked.get(track)?.paused && !paused));
    this.#timer = this.#clock.after(() => this.#ask(), urgent ? SOON_MS : SETTLED_MS);
  }

  #changes() {
    return this.#pictures.map((picture) => this.#wish(picture)).filter(({ track, paused, layer, pinned }) => {
      const asked = this.#asked.get(track) ?? { paused: false, layer: '', pinned: false };
      return asked.paused !== paused || asked.layer !== layer || asked.pinned !== pinned;
    });
  }

  /** @param {Picture} picture */
  #wish({ track, layers, lines, hidden, pinned }) {
    const before = this.#asked.get(track);
    const paused = hidden || this.#unseen;
    // What is hidden has no size; it comes back as it went.
    const layer = paused ? before?.layer ?? '' : chooseLayer({ layers, lines }, before?.layer ?? '');
    return { track, paused, layer, pinned };
  }

  async #ask() {
    const changes = this.#changes();
    if (changes.length === 0 || this.#room.state !== 'joined') return;
    for (const { track, ...wish } of changes) this.#asked.set(track, wish);
    try {
      await this.#room.subscribe(changes);
    } catch (error) {
      if (UNREACHED.has(/** @type {{code: string}} */ (error).code)) return;
      // One of the tracks may be gone, and then none of the wishes was heard.
      for (const { track } of changes) this.#asked.delete(track);
      this.#clock.cancel(this.#timer);
      this.#timer = this.#clock.after(() => this.#ask(), SETTLED_MS);
    }
  }
}
