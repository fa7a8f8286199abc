/**
 * Sharing a screen, with its sound where the browser gives it.
 *
 * @typedef {import('../parley.js').Publication} Publication
 */
export class Sharing {
  #room; #onChange;
  /** @type {Publication[]} */ #publications = [];
  #starting = false;

  /** @param {import('../parley.js').Room} room @param {() => void} onChange */
  constructor(room, onChange) {
    this.#room = room;
    this.#onChange = onChange;
    room.addEventListener('publish-failed', ({ detail: { publication } }) => {
      if (this.#publications.includes(publication) && publication.kind === 'video') this.stop();
    });
  }

  static get supported() {
    return typeof navigator.mediaDevices?.getDisplayMedia === 'function';
  }

  get active() {
    return this.#publications.length > 0;
  }

  /** Rejects with what getDisplayMedia or the server says; a user who changed their mind is no error. */
  async toggle() {
    if (this.active) this.stop();
    else if (!this.#starting) await this.#start();
  }

  stop() {
    const publications = this.#publications;
    this.#publications = [];
    for (const publication of publications) {
      publication.track?.stop();
      this.#room.unpublish(publication).catch(() => {});
    }
    this.#onChange();
  }

  async #start() {
    this.#starting = true;
    try {
      const stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { max: 30 } }, audio: true });
      for (const track of stream.getTracks()) {
        track.onended = () => this.stop();
        if (track.kind === 'video') track.contentHint = 'detail';
        const source = track.kind === 'video' ? 'screen' : 'screen-audio';
        this.#publications.push(await this.#room.publish(track, { source }));
      }
    } catch (error) {
      this.stop();
      throw error;
    } finally {
      this.#starting = false;
    }
    this.#onChange();
  }
}
