/**
 * The client of Parley. Modern browsers only (Chromium, Firefox, Safari); no dependencies.
 *
 * A Room is used from one page's main thread. Every method that asks the server for something rejects
 * with a ParleyError whose `code` is the server's (docs/signaling.md) or one of: `connection_failed`,
 * `connection_lost`, `timeout`, `not_joined`, `no_data_channel`, `data_channel_full`.
 */

export type Kind = 'audio' | 'video';

/** What a track shows. Microphone with camera, and screen with its sound, are played in sync. */
export type Source = 'microphone' | 'camera' | 'screen' | 'screen-audio';

/**
 * - `new`: not joined yet, or a join failed
 * - `joining`
 * - `joined`
 * - `reconnecting`: the connection was lost; the seat is kept for 30 s and taken back by itself
 * - `left`: for good; make a new Room to join again
 */
export type RoomState = 'new' | 'joining' | 'joined' | 'reconnecting' | 'left';

/** The RTCPeerConnection's connectionState. */
export type MediaState = 'new' | 'connecting' | 'connected' | 'disconnected' | 'failed' | 'closed';

/**
 * Why a room was left: `left` (by leave() or a page that closed), `removed` (by an operator, or the seat
 * was taken elsewhere), `room-closed`, `connection-lost` (for longer than the seat is kept),
 * `media-failed` (the server is reached, but no media comes through), `refused` (the server did not
 * take the participant back; see `error`).
 */
export type LeaveReason = 'left' | 'removed' | 'room-closed' | 'connection-lost' | 'media-failed' | 'refused';

/** A track somebody else publishes. The Room keeps it up to date; read it, do not change it. */
export interface RemoteTrack {
  readonly id: string;
  /** Id of the participant who publishes it. */
  readonly participant: string;
  readonly kind: Kind;
  readonly source: Source;
  codec: string;
  /**
   * The names of its simulcast's layers, lowest first; empty without simulcast. Each is twice as wide as
   * the one before. Its publisher need not send all of them all the time.
   */
  layers: readonly string[];
  muted: boolean;
  /** The room lets only the cameras of the last speakers through, and this is none of them just now. */
  held: boolean;
  /** This browser cannot decode the codec it is sent with. */
  undecodable: boolean;
  /**
   * What plays it, null while nothing flows. The same MediaStreamTrack can belong to another track
   * later on: go by the `track-media` event, never keep it.
   */
  mediaTrack: MediaStreamTrack | null;
}

/** Somebody else in the room. The Room keeps it up to date; read it, do not change it. */
export interface Participant {
  readonly id: string;
  name: string;
  /** The host is who came first; when they leave it passes on. */
  host: boolean;
  readonly tracks: ReadonlyMap<string, RemoteTrack>;
}

/** A track of one's own. */
export interface Publication {
  /** The track's id in the room; null until the server has given it. */
  id: string | null;
  readonly source: Source;
  readonly kind: Kind;
  muted: boolean;
  /** Sent in several sizes, of which the server gives each subscriber the one that fits. */
  readonly simulcast: boolean;
  /** What is sent; null sends nothing (a camera switched off). */
  track: MediaStreamTrack | null;
}

export interface ChatMessage {
  readonly id: string;
  readonly participant: string;
  /** The sender's name when it was sent. */
  readonly name: string;
  readonly text: string;
  /** ISO 8601. */
  readonly at: string;
}

/** `unknown` until there is enough to judge by; `off`: no media connection. */
export type Quality = 'good' | 'fair' | 'poor' | 'off' | 'unknown';

/** Rates are of the time since the call of getStats() before; null where nothing is known. */
export interface FlowStats {
  /** Bits per second. */
  bitrate: number | null;
  /** Part of the packets that did not arrive, 0 to 1. */
  loss: number | null;
  /** Frames per second; video only. */
  fps: number | null;
  framesDecoded: number | null;
  width: number | null;
  height: number | null;
  quality: Quality;
}

/** A size in which one's own picture goes out. */
export interface SentLayer {
  /** Empty without simulcast. */
  rid: string;
  width: number;
  height: number;
}

export interface RoomStats {
  /** Round trip to the server in milliseconds. */
  rtt: number | null;
  /** Everything received and everything sent. */
  down: FlowStats;
  up: FlowStats;
  /** Received, by track id. */
  tracks: Map<string, FlowStats>;
  /** By id of one's own video tracks: what goes out of each just now, from small to large. */
  sent: Map<string, SentLayer[]>;
  /** Of the whole connection: the worst of what was judged. */
  quality: Quality;
}

export interface JoinOptions {
  /** The signaling endpoint; default: `/ws` of the page's own host. */
  url?: string;
  /** `[A-Za-z0-9_-]{1,64}`. Joining makes the room. */
  room: string;
  name: string;
  /** The room's access token, where rooms ask for one. */
  token?: string;
  /** `none`: nothing flows until subscribe() asks for it. Default `all`. */
  subscribe?: 'all' | 'none';
  /** Whether to open data channels, which sendData() needs. Default true. */
  data?: boolean;
}

/** How a track is to come; what is left out is as without a wish. */
export interface Wish {
  /** Not at all for now; the subscription stays. */
  paused?: boolean;
  /** No larger than this one of the track's `layers`; '' the best that fits. */
  layer?: string;
  /** Comes before others where the network is narrow, and also where the room holds its like back. */
  pinned?: boolean;
}

export interface RoomEventMap {
  /** `reason` says why for `reconnecting` and `left`. */
  state: { state: RoomState; reason?: string };
  'media-state': { state: MediaState };
  /** Joined, or joined again. `resumed`: the same seat as before. */
  joined: { participant: string; host: boolean; resumed: boolean };
  left: { reason: LeaveReason; error?: ParleyError };
  'participant-joined': { participant: Participant };
  'participant-left': { participant: Participant; reason: string };
  /** `participant` is an id, maybe one's own. */
  'host-changed': { participant: string };
  'track-added': { participant: Participant; track: RemoteTrack };
  'track-removed': { participant: Participant; track: RemoteTrack };
  'track-muted': { participant: Participant; track: RemoteTrack };
  /** The room holds the track back, or again lets it through: see `held`. */
  'track-held': { participant: Participant; track: RemoteTrack };
  'track-undecodable': { participant: Participant; track: RemoteTrack };
  /** Media for this track comes from `mediaTrack` from now on; null: from nowhere. */
  'track-media': { participant: Participant; track: RemoteTrack; mediaTrack: MediaStreamTrack | null };
  /** A publication came to nothing: the browser or the server refused it. It is gone. */
  'publish-failed': { publication: Publication; error?: ParleyError };
  /** Also one's own messages, as the server took them. */
  chat: { message: ChatMessage };
  /**
   * Ids of who speaks now, maybe one's own; empty: silence. `dominant` has the floor, also in silence,
   * until another takes it; empty: nobody.
   */
  'active-speaker': { participants: string[]; dominant: string };
  data: { data: string | ArrayBuffer; ordered: boolean };
  /** Recordings and whatever else later servers tell; the server's event as it came. */
  event: { type: string; [field: string]: unknown };
}

export class ParleyError extends Error {
  constructor(code: string, message: string);
  readonly code: string;
}

export class Room extends EventTarget {
  readonly state: RoomState;
  /** Own id; empty before joining. */
  readonly id: string;
  /** Own name, as given to join(). */
  readonly name: string;
  readonly host: boolean;
  /** The others, in the order they were met, by id. */
  readonly participants: ReadonlyMap<string, Participant>;
  readonly publications: ReadonlySet<Publication>;
  /** What was written since (and up to 50 messages before) joining, oldest first. */
  readonly messages: readonly ChatMessage[];
  /** The present RTCPeerConnection, to look at. It is another one after a reconnect. */
  readonly peerConnection: RTCPeerConnection | null;

  /** Joins once; after `left` make a new Room. A failed join may be tried again. */
  join(options: JoinOptions): Promise<void>;
  /** Says goodbye and closes everything but the tracks, which are the caller's. Never fails. */
  leave(): void;

  /**
   * Publishes a track. Called before join() it goes out together with the join. `source` defaults to
   * microphone or camera. After a reconnect it is published again by itself. Video goes out in several
   * sizes (a camera in up to three, a screen in two), unless `simulcast` is false.
   */
  publish(
    track: MediaStreamTrack, options?: { source?: Source; muted?: boolean; simulcast?: boolean },
  ): Promise<Publication>;
  unpublish(publication: Publication): Promise<void>;
  /** Mutes for everybody: sends silence or black, and the others are told. */
  setMuted(publication: Publication, muted: boolean): Promise<void>;
  /** Sends another track of the same kind, without negotiation; null sends nothing. */
  replaceTrack(publication: Publication, track: MediaStreamTrack | null): Promise<void>;

  /**
   * Asks for tracks by id, or changes how they come. A wish replaces the one before; those given with a
   * track go before `options`, which hold for all.
   */
  subscribe(tracks: string | Iterable<string | ({ track: string } & Wish)>, options?: Wish): Promise<void>;
  unsubscribe(tracks: string | Iterable<string>): Promise<void>;
  pause(tracks: string | Iterable<string>): Promise<void>;
  resume(tracks: string | Iterable<string>): Promise<void>;

  chat(text: string): Promise<void>;
  /**
   * Sends to everybody else. `ordered` (default) waits for what was lost on the way, unordered
   * messages may overtake each other. Resolves when the message is on its way.
   */
  sendData(data: string | ArrayBuffer | ArrayBufferView, options?: { ordered?: boolean }): Promise<void>;
  getStats(): Promise<RoomStats>;

  addEventListener<K extends keyof RoomEventMap>(
    type: K, listener: (event: CustomEvent<RoomEventMap[K]>) => void, options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string, listener: EventListenerOrEventListenerObject | null, options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener<K extends keyof RoomEventMap>(
    type: K, listener: (event: CustomEvent<RoomEventMap[K]>) => void, options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(
    type: string, listener: EventListenerOrEventListenerObject | null, options?: boolean | EventListenerOptions,
  ): void;
}
