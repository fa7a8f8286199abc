/**
 * What a network does to the packets of one direction: pure, with time and chance as arguments.
 *
 * @typedef {object} Impairment
 * @property {number} [loss]  part of the packets that is lost, each by itself: 0 to 1
 * @property {{enter: number, leave: number, loss?: number}} [burst]  Gilbert-Elliott: the chance, for each
 *   packet, to enter the bad state and to leave it, and the part that is lost in it (1 unless given)
 * @property {number} [delay]  milliseconds
 * @property {number} [jitter]  up to so many more milliseconds, evenly spread
 * @property {boolean} [reordering]  whether packets overtake each other by their jitter
 * @property {number} [rate]  bits per second
 * @property {number} [queue]  milliseconds that a packet may wait for the rate's sake before it is dropped
 */

const QUEUE_MS = 200;

export class Link {
  /** @type {Impairment} */ #now = {};
  #random;
  #bad = false;
  /** When the bottleneck has sent all it took, and when the latest packet arrives. */
  #freeAt = 0;
  #latest = 0;
  counts = { taken: 0, lost: 0, overflowed: 0 };

  /** @param {() => number} random evenly from 0 to 1 */
  constructor(random) {
    this.#random = random;
  }

  /** From now on; what is under way goes on. @param {Impairment} impairment */
  set(impairment) {
    this.#now = { ...impairment };
    this.#bad = false;
    if (!impairment.rate) this.#freeAt = 0;
  }

  /**
   * @param {number} bytes with UDP's and IP's headers
   * @param {number} now milliseconds
   * @returns {number | null} when it arrives; null: never
   */
  send(bytes, now) {
    const { delay = 0, jitter = 0, reordering = false, rate, queue = QUEUE_MS } = this.#now;
    this.counts.taken += 1;
    if (this.#isLost()) {
      this.counts.lost += 1;
      return null;
    }
    let leaves = now;
    if (rate) {
      const waiting = Math.max(0, this.#freeAt - now);
      if (waiting > queue) {
        this.counts.overflowed += 1;
        return null;
      }
      leaves = this.#freeAt = now + waiting + (bytes * 8 * 1000) / rate;
    }
    const arrives = leaves + delay + jitter * (jitter > 0 ? this.#random() : 0);
    if (reordering) return arrives;
    this.#latest = Math.max(this.#latest, arrives);
    return this.#latest;
  }

  #isLost() {
    const { loss = 0, burst } = this.#now;
    if (burst) {
      if (this.#random() < (this.#bad ? burst.leave : burst.enter)) this.#bad = !this.#bad;
      if (this.#bad && this.#random() < (burst.loss ?? 1)) return true;
    }
    return loss > 0 && this.#random() < loss;
  }
}

/** Numbers from 0 to 1 that are the same in every run (mulberry32). @param {number} seed */
export function seededRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
