/**
 * Plays what is received. Browsers refuse sound on a page that nobody has touched and that captures
 * nothing: then the picture plays on its own and `blocked` is fired. unlock() tries again.
 */
export class Playback extends EventTarget {
  /** @type {Set<HTMLVideoElement>} */ #elements = new Set();
  #preferences;
  #blocked = false;
  canChooseSpeaker = 'setSinkId' in HTMLMediaElement.prototype;

  /** @param {import('./preferences.js').Preferences} preferences */
  constructor(preferences) {
    super();
    this.#preferences = preferences;
  }

  /** @param {HTMLVideoElement} element */
  add(element) {
    this.#elements.add(element);
    element.muted = this.#blocked;
    this.#route(element);
  }

  /** @param {HTMLVideoElement} element */
  remove(element) {
    this.#elements.delete(element);
    element.srcObject = null;
  }

  /** To be called when an element has something new to play. @param {HTMLVideoElement} element */
  async play(element) {
    try {
      await element.play();
    } catch (error) {
      // Anything else was interrupted by a newer load, whose own play() counts.
      if (/** @type {Error} */ (error).name !== 'NotAllowedError' || element.muted) return;
      element.muted = true;
      element.play().catch(() => {});
      if (this.#blocked) return;
      this.#blocked = true;
      this.dispatchEvent(new Event('blocked'));
    }
  }

  /** Fires `blocked` again where the browser still refuses. */
  unlock() {
    if (!this.#blocked) return;
    this.#blocked = false;
    this.dispatchEvent(new Event('unblocked'));
    for (const element of this.#elements) {
      element.muted = false;
      this.play(element);
    }
  }

  /** @param {string} deviceId of a speaker */
  choose(deviceId) {
    this.#preferences.set('speaker', deviceId);
    for (const element of this.#elements) this.#route(element);
  }

  /** @param {HTMLVideoElement} element */
  #route(element) {
    const speaker = this.#preferences.get('speaker');
    // A speaker that is gone leaves the sound on the system's own.
    if (speaker && this.canChooseSpeaker) element.setSinkId(speaker).catch(() => {});
  }
}
