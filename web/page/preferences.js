const KEY = 'parley';

/**
 * What the page remembers on this device. Where storage is denied it is remembered for the visit.
 *
 * @typedef {'microphone' | 'camera' | 'speaker'} DeviceRole
 * @typedef {{name?: string, audio?: boolean, video?: boolean} & {[role in DeviceRole]?: string}} Values
 */
export class Preferences {
  /** @type {Values} */ #values = {};

  constructor() {
    try {
      this.#values = JSON.parse(localStorage.getItem(KEY) ?? '{}') ?? {};
    } catch {
      // Denied or damaged: start with nothing.
    }
  }

  /**
   * @template {keyof Values} K
   * @param {K} key
   * @returns {Values[K]}
   */
  get(key) {
    return this.#values[key];
  }

  /**
   * @template {keyof Values} K
   * @param {K} key
   * @param {Values[K]} value
   */
  set(key, value) {
    this.#values[key] = value;
    try {
      localStorage.setItem(KEY, JSON.stringify(this.#values));
    } catch {
      // Denied: it stays for this visit.
    }
  }
}
