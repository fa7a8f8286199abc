/**
 * Keeps what the room publishes in step with the user's camera and microphone, one change at a time.
 *
 * @typedef {import('./local_media.js').Input} Input
 * @typedef {import('../parley.js').Publication} Publication
 */
export class Publisher {
  #room; #local; #onChange; #onFailed;
  /** @type {Partial<Record<Input, Publication>>} */ #publications = {};
  /** @type {Promise<void>} */ #queue = Promise.resolve();

  /**
   * @param {import('../parley.js').Room} room
   * @param {import('./local_media.js').LocalMedia} local
   * @param {{onChange: () => void, onFailed: (input: Input, error: unknown) => void}} handlers
   */
  constructor(room, local, { onChange, onFailed }) {
    this.#room = room;
    this.#local = local;
    this.#onChange = onChange;
    this.#onFailed = onFailed;
    local.addEventListener('change', this.sync);
    room.addEventListener('publish-failed', ({ detail: { publication, error } }) => {
      for (const input of /** @type {Input[]} */ (['microphone', 'camera'])) {
        if (this.#publications[input] === publication) this.#failed(input, error);
      }
    });
  }

  /** Resolves when everything is as the user wants it now. @returns {Promise<void>} */
  sync = () => {
    this.#queue = this.#queue.then(async () => {
      for (const input of /** @type {Input[]} */ (['microphone', 'camera'])) {
        await this.#syncInput(input).catch((error) => this.#failed(input, error));
      }
      this.#onChange();
    });
    return this.#queue;
  };

  stop() {
    this.#local.removeEventListener('change', this.sync);
  }

  /** @param {Input} input */
  async #syncInput(input) {
    const { track } = this.#local.state(input);
    const on = this.#local.isOn(input);
    const publication = this.#publications[input];
    if (!publication) {
      if (track && on) this.#publications[input] = await this.#room.publish(track, { source: input });
      return;
    }
    const mute = async () => {
      if (publication.muted === on) await this.#room.setMuted(publication, !on);
    };
    // Muted before the picture stops and shown again after it is back, so that nobody sees it frozen.
    if (!on) await mute();
    if (publication.track !== track) await this.#room.replaceTrack(publication, track);
    if (on) await mute();
  }

  /** @param {Input} input @param {unknown} error */
  #failed(input, error) {
    delete this.#publications[input];
    this.#onFailed(input, error);
  }
}
