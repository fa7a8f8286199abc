const UNREACHED = new Set(['connection_lost', 'not_joined', 'timeout']);

/**
 * The tracks of one's own and whether the server knows them. It survives reconnects: what the server
 * lost is published again.
 *
 * @typedef {import('../parley.js').Publication} Publication
 * @typedef {import('../parley.js').Source} Source
 * @typedef {import('./error.js').ParleyError} ParleyError
 * @typedef {import('./signaling.js').Message} Message
 * @typedef {(type: string, fields: Message) => Promise<Message>} Request
 */
export class Publications {
  /** @type {Set<Publication>} */ all = new Set();
  #request; #onFailed;
  /** Those whose request is on its way. @type {Set<Publication>} */ #announcing = new Set();

  /**
   * @param {Request} request
   * @param {(publication: Publication, error?: ParleyError) => void} onFailed
   */
  constructor(request, onFailed) {
    this.#request = request;
    this.#onFailed = onFailed;
  }

  /** @param {string} id @returns {Publication | undefined} */
  byId(id) {
    for (const publication of this.all) if (publication.id === id) return publication;
    return undefined;
  }

  /**
   * @param {MediaStreamTrack} track
   * @param {{source?: Source, muted?: boolean, simulcast?: boolean}} options
   * @returns {Publication}
   */
  add(track, { source, muted = false, simulcast = true }) {
    const publication = {
      id: null,
      source: source ?? (track.kind === 'audio' ? 'microphone' : 'camera'),
      kind: /** @type {import('../parley.js').Kind} */ (track.kind),
      muted,
      simulcast,
      track,
    };
    track.enabled = !muted;
    this.all.add(publication);
    return publication;
  }

  /**
   * Tells the server; rejects and drops the publication when it is refused. Without a connection it
   * waits for the next one.
   *
   * @param {Publication} publication
   */
  async announce(publication) {
    const { source, muted } = publication;
    let reply;
    this.#announcing.add(publication);
    try {
      reply = await this.#request('publish', { source, muted });
    } catch (error) {
      if (UNREACHED.has(/** @type {ParleyError} */ (error).code)) return;
      this.all.delete(publication);
      throw error;
    } finally {
      this.#announcing.delete(publication);
    }
    publication.id = reply.track;
    if (!this.all.has(publication)) this.#request('unpublish', { track: reply.track }).catch(() => {});
    else if (publication.muted !== muted) this.tellMuted(publication);
  }

  /** Announces everything: sent right behind a fresh join. */
  announceAll() {
    for (const publication of this.all) {
      publication.id = null;
      this.#announceOrReport(publication);
    }
  }

  /** What was added while the join was on its way. */
  announceRest() {
    for (const publication of this.all) {
      if (!publication.id && !this.#announcing.has(publication)) this.#announceOrReport(publication);
    }
  }

  /**
   * After a resume: publishes again what the server no longer has, and says what changed meanwhile.
   *
   * @param {Message[]} live the server's list of one's own tracks
   */
  reconcile(live) {
    for (const publication of this.all) {
      const known = live.find(({ id }) => id === publication.id);
      if (!known) {
        publication.id = null;
        this.#announceOrReport(publication);
      } else if (known.muted !== publication.muted) {
        this.tellMuted(publication);
      }
    }
    for (const { id } of live) {
      if (!this.byId(id)) this.#request('unpublish', { track: id }).catch(() => {});
    }
  }

  /** @param {Publication} publication @returns {Promise<unknown>} */
  tellMuted({ id, muted }) {
    return id ? this.#request('mute', { track: id, muted }).catch(() => {}) : Promise.resolve();
  }

  /** The server or the browser refused it. @param {string} id */
  failed(id) {
    const publication = this.byId(id);
    if (!publication) return;
    this.all.delete(publication);
    this.#onFailed(publication);
  }

  /** @param {Publication} publication */
  #announceOrReport(publication) {
    this.announce(publication).catch((error) => this.#onFailed(publication, error));
  }
}
