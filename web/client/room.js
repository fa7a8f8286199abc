import { ParleyError } from './error.js';
import { Channels } from './channels.js';
import { mediaLines } from './limits.js';
import { Publications } from './publications.js';
import { Roster } from './roster.js';
import { Session } from './session.js';
import { StatsReader } from './stats.js';

const MESSAGES_KEPT = 500;

/**
 * @typedef {import('../parley.js').RoomEventMap} RoomEventMap
 * @typedef {import('../parley.js').Publication} Publication
 * @typedef {import('../parley.js').ChatMessage} ChatMessage
 * @typedef {import('./signaling.js').Message} Message
 */

/** What it offers is described in parley.d.ts. */
export class Room extends EventTarget {
  #environment;
  /** @type {Session | null} */ #session = null;
  #roster = new Roster();
  #channels = new Channels((data, ordered) => this.#emit('data', { data, ordered }));
  #publications = new Publications(
    (type, fields) => this.#request(type, fields),
    (publication, error) => this.#emit('publish-failed', { publication, error }),
  );
  #stats = new StatsReader();
  /** @type {ChatMessage[]} */ #messages = [];
  /** What was asked for by track id, to ask for again after a reconnect. @type {Map<string, Message>} */
  #wishes = new Map();
  #name = '';
  #data = true;

  /** @param {{clock?: import('./clock.js').Clock, random?: () => number}} [environment] for tests */
  constructor(environment) {
    super();
    this.#environment = environment;
  }

  /** @returns {import('../parley.js').RoomState} */
  get state() { return this.#session?.state ?? 'new'; }
  get id() { return this.#roster.self; }
  get name() { return this.#name; }
  get host() { return this.#roster.host; }
  get participants() { return this.#roster.participants; }
  get publications() { return this.#publications.all; }
  get messages() { return this.#messages; }
  get peerConnection() { return this.#session?.media?.pc ?? null; }

  /** @param {import('../parley.js').JoinOptions} options @returns {Promise<void>} */
  async join({ url = defaultUrl(), room, name, token, subscribe = 'all', data = true }) {
    if (this.state !== 'new') throw new ParleyError('already_joined', 'This Room was joined before; make a new one.');
    this.#name = name;
    this.#data = data;
    this.#session = new Session(url, { room, name, token, subscribe, data, mediaLines: mediaLines() }, {
      onState: (state, reason) => this.#emit('state', { state, reason }),
      onJoining: () => this.#publications.announceAll(),
      onJoined: (reply) => this.#joined(reply),
      onEvent: (event) => this.#receive(event),
      onEnd: (reason, error) => this.#end(reason, error),
      onMedia: (media) => this.#change(this.#roster.setMedia(media)),
      onMediaState: (state) => this.#emit('media-state', { state }),
      onChannel: (channel) => this.#channels.add(channel),
      publication: (id) => this.#publications.byId(id),
    }, this.#environment);
    globalThis.addEventListener?.('pagehide', this.#onPageHide);
    await this.#session.start();
  }

  leave() {
    this.#session?.end('left');
  }

  /**
   * @param {MediaStreamTrack} track
   * @param {{source?: import('../parley.js').Source, muted?: boolean, simulcast?: boolean}} [options]
   * @returns {Promise<Publication>}
   */
  async publish(track, options = {}) {
    const publication = this.#publications.add(track, options);
    if (this.state === 'joined') await this.#publications.announce(publication);
    return publication;
  }

  /** @param {Publication} publication @returns {Promise<void>} */
  async unpublish(publication) {
    this.#publications.all.delete(publication);
    if (publication.id && this.state === 'joined') await this.#request('unpublish', { track: publication.id });
  }

  /** @param {Publication} publication @param {boolean} muted @returns {Promise<void>} */
  async setMuted(publication, muted) {
    publication.muted = muted;
    if (publication.track) publication.track.enabled = !muted;
    if (this.state === 'joined') await this.#publications.tellMuted(publication);
  }

  /** @param {Publication} publication @param {MediaStreamTrack | null} track @returns {Promise<void>} */
  async replaceTrack(publication, track) {
    publication.track = track;
    if (track) track.enabled = !publication.muted;
    await this.#session?.media?.replace(publication);
  }

  /**
   * @param {string | Iterable<string | ({track: string} & import('../parley.js').Wish)>} tracks
   * @param {import('../parley.js').Wish} [options]
   * @returns {Promise<void>}
   */
  async subscribe(tracks, options = {}) {
    const wishes = list(tracks).map((each) => {
      const { track, paused = false, layer, pinned } = typeof each === 'string' ? { ...options, track: each } : { ...options, ...each };
      return { track, paused, layer, pinned };
    });
    for (const wish of wishes) this.#wishes.set(wish.track, wish);
    if (wishes.length > 0) await this.#request('subscribe', { tracks: wishes });
  }

  /** @param {string | Iterable<string>} tracks @returns {Promise<void>} */
  async unsubscribe(tracks) {
    const ids = list(tracks);
    for (const id of ids) this.#wishes.delete(id);
    await this.#request('subscribe', { tracks: ids.map((track) => ({ track })), wanted: false });
  }

  /** @param {string | Iterable<string>} tracks @returns {Promise<void>} */
  pause(tracks) { return this.subscribe(tracks, { paused: true }); }

  /** @param {string | Iterable<string>} tracks @returns {Promise<void>} */
  resume(tracks) { return this.subscribe(tracks, { paused: false }); }

  /** @param {string} text @returns {Promise<void>} */
  async chat(text) {
    await this.#request('chat', { text });
  }

  /**
   * @param {string | ArrayBuffer | ArrayBufferView} data
   * @param {{ordered?: boolean}} [options]
   * @returns {Promise<void>}
   */
  async sendData(data, { ordered = true } = {}) {
    if (!this.#data) throw new ParleyError('no_data_channel', 'This room was joined with data: false.');
    await this.#channels.send(data, ordered);
  }

  /** @returns {Promise<import('../parley.js').RoomStats>} */
  getStats() {
    return this.#stats.read(this.peerConnection, this.#roster, this.#publications.all);
  }

  #onPageHide = () => this.leave();

  /** @param {string} type @param {Message} fields */
  #request(type, fields) {
    if (!this.#session) return Promise.reject(new ParleyError('not_joined', 'Join a room first.'));
    return this.#session.request(type, fields);
  }

  /** @param {Message} reply */
  #joined(reply) {
    const fresh = !reply.resumed && this.id !== reply.participant;
    this.#change(this.#roster.reset(reply.participant, reply.host, reply.participants));
    this.#emit('joined', { participant: reply.participant, host: reply.host, resumed: Boolean(reply.resumed) });
    for (const message of reply.chat ?? []) this.#addMessage(message);
    if (fresh) {
      this.#wishes.clear();
      this.#publications.announceRest();
    } else {
      this.#publications.reconcile(reply.tracks ?? []);
    }
    const wishes = [...this.#wishes.values()].filter(({ track }) => this.#roster.track(track));
    if (wishes.length > 0) this.#request('subscribe', { tracks: wishes }).catch(() => {});
  }

  /** @param {Message} event */
  #receive(event) {
    switch (event.type) {
      case 'chat':
        return this.#addMessage(event.message);
      case 'active-speaker':
        return this.#emit('active-speaker', { participants: event.participants, dominant: event.dominant ?? '' });
      case 'publish-failed':
        return this.#publications.failed(event.track);
      case 'joined':
        return undefined;
    }
    const changes = this.#roster.apply(event);
    for (const [name, detail] of changes) if (name === 'track-removed') this.#wishes.delete(detail.track.id);
    this.#change(changes);
    this.#emit('event', /** @type {RoomEventMap['event']} */ (event));
  }

  /** @param {ChatMessage} message */
  #addMessage(message) {
    if (this.#messages.some(({ id }) => id === message.id)) return;
    this.#messages.push(message);
    if (this.#messages.length > MESSAGES_KEPT) this.#messages.shift();
    this.#emit('chat', { message });
  }

  /** @param {import('../parley.js').LeaveReason} reason @param {ParleyError} [error] */
  #end(reason, error) {
    globalThis.removeEventListener?.('pagehide', this.#onPageHide);
    this.#emit('left', { reason, error });
  }

  /** @param {import('./roster.js').Change[]} changes */
  #change(changes) {
    for (const [name, detail] of changes) this.#emit(name, detail);
  }

  /**
   * @template {keyof RoomEventMap} K
   * @param {K} name
   * @param {RoomEventMap[K]} detail
   */
  #emit(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

function defaultUrl() {
  return `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`;
}

/** @template T @param {string | Iterable<T>} tracks @returns {(string | T)[]} */
function list(tracks) {
  return typeof tracks === 'string' ? [tracks] : [...tracks];
}
