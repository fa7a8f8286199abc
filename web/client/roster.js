/**
 * Who is in the room and what they publish, as the server tells it. Pure: messages go in, and out come
 * the changes as [event name, detail] for whoever shows them.
 *
 * @typedef {import('../parley.js').Participant} Participant
 * @typedef {import('../parley.js').RemoteTrack} RemoteTrack
 * @typedef {import('./signaling.js').Message} Message
 * @typedef {{ [K in keyof import('../parley.js').RoomEventMap]: [K, import('../parley.js').RoomEventMap[K]] }} Changes
 * @typedef {Changes[keyof Changes]} Change
 * @typedef {Participant & { tracks: Map<string, RemoteTrack> }} Entry
 */
export class Roster {
  /** @type {Map<string, Entry>} */
  participants = new Map();
  /** Own id; events about oneself only touch `host`. */
  self = '';
  host = false;
  /** What arrives on the slots just now. @type {Map<string, MediaStreamTrack>} */
  #media = new Map();

  /**
   * Takes over a whole snapshot (of a join or resume): what is new, changed or gone since the last one.
   *
   * @param {string} self
   * @param {boolean} host
   * @param {Message[]} participants
   * @returns {Change[]}
   */
  reset(self, host, participants) {
    /** @type {Change[]} */
    const changes = [];
    const present = new Set(participants.map(({ id }) => id));
    for (const id of [...this.participants.keys()]) {
      if (!present.has(id)) changes.push(...this.#leave(id, 'left'));
    }
    this.self = self;
    if (host && !this.host) changes.push(...this.#changeHost(self));
    this.host = host;
    for (const state of participants) {
      if (state.id === self) continue;
      changes.push(...(this.participants.has(state.id) ? this.#update(state) : this.#join(state)));
    }
    return changes;
  }

  /**
   * @param {Message} event
   * @returns {Change[]}
   */
  apply(event) {
    switch (event.type) {
      case 'participant-joined':
        if (event.participant.id === this.self) return [];
        return this.participants.has(event.participant.id) ? this.#update(event.participant) : this.#join(event.participant);
      case 'participant-left':
        return this.#leave(event.participant, event.reason ?? 'left');
      case 'host-changed':
        return this.#changeHost(event.participant);
      case 'track-added':
        return this.#addTrack(event.participant, event.track);
      case 'track-removed':
        return this.#removeTrack(event.participant, event.track);
      case 'track-muted':
        return this.#changeTrack(event, { muted: event.muted }, 'track-muted');
      case 'track-undecodable':
        return this.#changeTrack(event, { undecodable: event.undecodable !== false }, 'track-undecodable');
      case 'track-held':
        return this.#changeTrack(event, { held: event.held !== false }, 'track-held');
      default:
        return [];
    }
  }

  /**
   * Which media arrives for which track, after an offer or a change of slots: the same
   * MediaStreamTrack may now belong to somebody else's track.
   *
   * @param {Map<string, MediaStreamTrack>} media by track id
   * @returns {Change[]}
   */
  setMedia(media) {
    this.#media = media;
    /** @type {Change[]} */
    const gone = [];
    /** @type {Change[]} */
    const come = [];
    for (const participant of this.participants.values()) {
      for (const track of participant.tracks.values()) {
        const mediaTrack = media.get(track.id) ?? null;
        if (track.mediaTrack === mediaTrack) continue;
        track.mediaTrack = mediaTrack;
        (mediaTrack ? come : gone).push(['track-media', { participant, track, mediaTrack }]);
      }
    }
    return [...gone, ...come];
  }

  /** @param {string} id @returns {RemoteTrack | undefined} */
  track(id) {
    for (const { tracks } of this.participants.values()) {
      const track = tracks.get(id);
      if (track) return track;
    }
    return undefined;
  }

  /** @param {Message} state @returns {Change[]} */
  #join({ id, name, host, tracks = [] }) {
    /** @type {Entry} */
    const participant = { id, name, host: Boolean(host), tracks: new Map() };
    this.participants.set(id, participant);
    return [
      ['participant-joined', { participant }],
      ...tracks.flatMap((/** @type {Message} */ track) => this.#addTrack(id, track, true)),
    ];
  }

  /** @param {Message} state @returns {Change[]} */
  #update({ id, name, host, tracks = [] }) {
    const participant = /** @type {Entry} */ (this.participants.get(id));
    participant.name = name;
    const listed = new Set(tracks.map((/** @type {Message} */ track) => track.id));
    const gone = [...participant.tracks.keys()].filter((track) => !listed.has(track));
    return [
      ...(host && !participant.host ? this.#changeHost(id) : []),
      ...gone.flatMap((track) => this.#removeTrack(id, track)),
      ...tracks.flatMap((/** @type {Message} */ track) => this.#addTrack(id, track, true)),
    ];
  }

  /** @param {string} id @param {string} reason @returns {Change[]} */
  #leave(id, reason) {
    const participant = this.participants.get(id);
    if (!participant) return [];
    const changes = [...participant.tracks.keys()].flatMap((track) => this.#removeTrack(id, track));
    this.participants.delete(id);
    return [...changes, ['participant-left', { participant, reason }]];
  }

  /** @param {string} id @returns {Change[]} */
  #changeHost(id) {
    this.host = id === this.self;
    for (const participant of this.participants.values()) participant.host = participant.id === id;
    return [['host-changed', { participant: id }]];
  }

  /**
   * @param {string} participantId
   * @param {Message} state
   * @param {boolean} [snapshot] it tells everything there is to tell of the track
   * @returns {Change[]}
   */
  #addTrack(participantId, { id, kind, source, codec, layers = [], muted, held }, snapshot = false) {
    const participant = this.participants.get(participantId);
    if (!participant) return [];
    const known = participant.tracks.get(id);
    if (known) {
      Object.assign(known, { codec, layers });
      const event = { participant: participantId, track: id };
      return [
        ...(known.muted === Boolean(muted) ? [] : this.#changeTrack(event, { muted: Boolean(muted) }, 'track-muted')),
        ...(!snapshot || known.held === Boolean(held) ? [] : this.#changeTrack(event, { held: Boolean(held) }, 'track-held')),
      ];
    }
    /** @type {RemoteTrack} */
    const track = {
      id, participant: participantId, kind, source, codec, layers, muted: Boolean(muted), held: Boolean(held), undecodable: false,
      mediaTrack: null,
    };
    participant.tracks.set(id, track);
    /** @type {Change[]} */
    const changes = [['track-added', { participant, track }]];
    const mediaTrack = this.#media.get(id);
    if (mediaTrack) {
      track.mediaTrack = mediaTrack;
      changes.push(['track-media', { participant, track, mediaTrack }]);
    }
    return changes;
  }

  /** @param {string} participantId @param {string} id @returns {Change[]} */
  #removeTrack(participantId, id) {
    const participant = this.participants.get(participantId);
    const track = participant?.tracks.get(id);
    if (!participant || !track) return [];
    participant.tracks.delete(id);
    track.mediaTrack = null;
    return [['track-removed', { participant, track }]];
  }

  /**
   * @param {Message} event
   * @param {Partial<RemoteTrack>} fields
   * @param {'track-muted' | 'track-undecodable' | 'track-held'} name
   * @returns {Change[]}
   */
  #changeTrack(event, fields, name) {
    const participant = this.participants.get(event.participant);
    const track = participant?.tracks.get(event.track);
    if (!participant || !track) return [];
    Object.assign(track, fields);
    return [[name, { participant, track }]];
  }
}
