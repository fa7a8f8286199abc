import { Room } from '../parley.js';
import { Chat } from './chat.js';
import { Controls } from './controls.js';
import { buildDeviceMenus } from './device_menu.js';
import { byId } from './dom.js';
import { Banners, toast } from './notices.js';
import { Panels } from './panels.js';
import { People } from './people.js';
import { Publisher } from './publisher.js';
import { QualityMonitor } from './quality.js';
import { Sharing } from './sharing.js';
import { Stage } from './stage.js';
import { remoteMember, selfMember, viewsOf } from './views.js';
import { Wishes } from './wishes.js';
import { explainError } from './words.js';

/** @type {Record<string, string>} */
const DEPARTURES = { left: 'left', removed: 'was removed' };
/** Where a panel covers the tiles (see panel.css). */
const narrow = matchMedia('(max-width: 820px)');

/**
 * The meeting: the room's model on one side, the page's parts on the other.
 *
 * @typedef {object} Parts
 * @property {ReturnType<typeof import('./address.js').readAddress>} address
 * @property {import('./local_media.js').LocalMedia} local
 * @property {import('./preferences.js').Preferences} preferences
 * @property {import('./playback.js').Playback} playback
 * @property {(reason: import('../parley.js').LeaveReason, error?: import('../parley.js').ParleyError) => void} onEnd
 */
export class Meeting {
  room = new Room();
  #parts;
  #banners = new Banners(['connection', 'sound']);
  #ended = new AbortController();
  #people = new People();
  #stage;
  #panels = new Panels((open) => this.#panelChanged(open));
  #chat = new Chat(this.room, { isOpen: () => this.#panels.open === 'chat', open: () => this.#panels.toggle('chat') });
  #sharing = new Sharing(this.room, () => this.#refreshSelf());
  #publisher;
  #quality;
  /** @type {Controls | null} */ #controls = null;
  #self = '';
  /** Joins and leaves are news only once one is in oneself. */
  #settled = false;
  #wishes = new Wishes(this.room);
  /** @type {Partial<Record<string, string>>} */ #problems = {};

  /** @param {Parts} parts */
  constructor(parts) {
    this.#parts = parts;
    this.#stage = new Stage(parts.playback, (pictures) => this.#wishes.show(pictures));
    this.#quality = new QualityMonitor(this.room, this.#stage, this.#wishes);
    this.#publisher = new Publisher(this.room, parts.local, {
      onChange: () => this.#refreshSelf(),
      onFailed: (input, error) => toast(`Your ${input} could not be published. ${error ? explainError(error) : 'The browser refused it.'}`),
    });
    this.#listen();
  }

  /** Rejects when the room was not entered; may be tried again. @param {string} name */
  async join(name) {
    const { address, local } = this.#parts;
    await this.#publisher.sync();
    await this.room.join({ room: address.room, name, token: address.token, data: false });
    this.#start(address, local);
  }

  /** @param {Parts['address']} address @param {Parts['local']} local */
  #start(address, local) {
    const { preferences, playback } = this.#parts;
    byId('room-name').textContent = address.room;
    document.title = `${address.room} · Parley`;
    this.#controls = new Controls({
      local, sharing: this.#sharing, panels: this.#panels, invitation: address.invitation,
      leave: () => this.room.leave(), ended: this.#ended.signal,
    });
    buildDeviceMenus(byId('settings-devices'), local, preferences, playback);
    const options = { signal: this.#ended.signal };
    local.addEventListener('change', () => this.#reportProblems(), options);
    playback.addEventListener('blocked', () => this.#banners.set('sound', {
      text: 'Your browser holds the sound back until you click.',
      // Any click or key lets the sound through; the button says so.
      action: { label: 'Click to hear', run: () => playback.unlock() },
    }), options);
    playback.addEventListener('unblocked', () => this.#banners.set('sound', null), options);
    for (const gesture of ['click', 'keydown']) document.addEventListener(gesture, () => playback.unlock(), options);
    // A page that captures may sound as well.
    local.addEventListener('change', () => playback.unlock(), options);
    document.addEventListener('visibilitychange', () => this.#seenChanged(), options);
    narrow.addEventListener('change', () => this.#seenChanged(), options);
    this.#reportProblems();
    this.#quality.start();
  }

  #seenChanged() {
    this.#wishes.setSeen(!document.hidden && !(narrow.matches && this.#panels.open !== null));
  }

  #listen() {
    const { room } = this;
    room.addEventListener('state', ({ detail: { state } }) => this.#stateChanged(state));
    room.addEventListener('joined', ({ detail: { resumed } }) => this.#joined(resumed));
    room.addEventListener('left', ({ detail: { reason, error } }) => this.#end(reason, error));
    room.addEventListener('participant-joined', ({ detail: { participant } }) => {
      this.#refresh(participant);
      if (this.#settled) toast(`${participant.name} joined`);
    });
    room.addEventListener('participant-left', ({ detail: { participant, reason } }) => {
      this.#people.remove(participant.id);
      this.#stage.remove(participant.id);
      this.#paintAlone();
      if (this.#settled) toast(`${participant.name} ${DEPARTURES[reason] ?? 'lost the connection'}`);
    });
    room.addEventListener('host-changed', ({ detail }) => {
      for (const participant of room.participants.values()) this.#refresh(participant);
      this.#refreshSelf();
      if (this.#settled && detail.participant === room.id) toast('You are the host now');
    });
    for (const name of /** @type {const} */ (['track-added', 'track-removed', 'track-muted', 'track-undecodable', 'track-held', 'track-media'])) {
      room.addEventListener(name, ({ detail: { participant } }) => this.#refresh(participant));
    }
    room.addEventListener('active-speaker', ({ detail: { participants } }) => {
      this.#stage.setSpeaking(participants);
      this.#people.setSpeaking(participants);
    });
  }

  /** @param {import('../parley.js').RoomState} state */
  #stateChanged(state) {
    if (state === 'reconnecting') this.#settled = false;
    this.#banners.set('connection', state === 'reconnecting'
      ? { kind: 'busy', text: 'The connection was lost. Reconnecting… your place is kept for half a minute.' }
      : null);
  }

  /** @param {boolean} resumed */
  #joined(resumed) {
    const before = this.#self;
    this.#self = this.room.id;
    // Where the seat was gone, one is somebody new to the room.
    if (!resumed && before) {
      this.#stage.remove(before);
      this.#people.remove(before);
    }
    if (!resumed) this.#wishes.forget();
    this.#refreshSelf();
    this.#settled = true;
    if (before) toast('You are connected again');
  }

  /** @param {import('../parley.js').Participant} participant */
  #refresh(participant) {
    if (!this.room.participants.has(participant.id)) return;
    const member = remoteMember(participant);
    this.#people.show(member);
    this.#stage.show(member.id, viewsOf(member));
    this.#paintAlone();
  }

  #refreshSelf() {
    this.#controls?.paint();
    if (!this.room.id || this.room.state === 'left') return;
    const member = selfMember(this.room);
    this.#people.show(member);
    this.#stage.show(member.id, viewsOf(member));
    this.#paintAlone();
  }

  #paintAlone() {
    byId('alone').hidden = this.room.participants.size > 0;
  }

  /** @param {import('./panels.js').Name | null} open */
  #panelChanged(open) {
    if (open === 'chat') this.#chat.read();
    this.#seenChanged();
  }

  #reportProblems() {
    for (const input of /** @type {const} */ (['camera', 'microphone'])) {
      const { problem } = this.#parts.local.state(input);
      if (problem && this.#problems[input] !== problem.title) toast(`${problem.title}. ${problem.advice}`);
      this.#problems[input] = problem?.title;
    }
  }

  /** @param {import('../parley.js').LeaveReason} reason @param {import('../parley.js').ParleyError} [error] */
  #end(reason, error) {
    this.#publisher.stop();
    this.#ended.abort();
    this.#quality.stop();
    if (this.#sharing.active) this.#sharing.stop();
    this.#stage.clear();
    this.#people.clear();
    this.#parts.onEnd(reason, error);
  }
}
