import { ParleyError } from './error.js';

const OPEN_TIMEOUT_MS = 10_000;
/** What may wait in a channel's buffer; more means the network does not keep up. */
const BUFFER_LIMIT = 1 << 20;

/**
 * The data channels labelled `room`, one ordered and one not, which the server opens. Messages sent
 * before they are open wait for them.
 */
export class Channels {
  #onData;
  /** By `ordered`. @type {Map<boolean, RTCDataChannel>} */
  #open = new Map();
  /** @type {Set<() => void>} */
  #waiting = new Set();

  /** @param {(data: string | ArrayBuffer, ordered: boolean) => void} onData */
  constructor(onData) {
    this.#onData = onData;
  }

  /** @param {RTCDataChannel} channel */
  add(channel) {
    if (channel.label !== 'room') return;
    const { ordered } = channel;
    channel.binaryType = 'arraybuffer';
    channel.onmessage = ({ data }) => this.#onData(data, ordered);
    channel.onopen = () => {
      this.#open.set(ordered, channel);
      for (const wake of this.#waiting) wake();
    };
    channel.onclose = () => {
      if (this.#open.get(ordered) === channel) this.#open.delete(ordered);
    };
    if (channel.readyState === 'open') channel.onopen(new Event('open'));
  }

  /**
   * @param {string | ArrayBuffer | ArrayBufferView} data
   * @param {boolean} ordered
   */
  async send(data, ordered) {
    const channel = this.#open.get(ordered) ?? (await this.#opened(ordered));
    if (channel.bufferedAmount > BUFFER_LIMIT) {
      throw new ParleyError('data_channel_full', 'More data is waiting than the network takes; send less.');
    }
    channel.send(/** @type {ArrayBuffer} */ (data));
  }

  /** @param {boolean} ordered @returns {Promise<RTCDataChannel>} */
  #opened(ordered) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(wake);
        reject(new ParleyError('no_data_channel', 'The data channel did not open.'));
      }, OPEN_TIMEOUT_MS);
      const wake = () => {
        const channel = this.#open.get(ordered);
        if (!channel) return;
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve(channel);
      };
      this.#waiting.add(wake);
    });
  }
}
