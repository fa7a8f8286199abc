import { byId, find } from './dom.js';
import { buildDeviceMenus } from './device_menu.js';
import { LevelMeter } from './level_meter.js';
import { problemCard } from './notices.js';
import { CAMERA, MICROPHONE, paintToggle } from './toggle.js';
import { explainError } from './words.js';

/**
 * Before the meeting: see and hear oneself, choose devices and a name.
 *
 * @typedef {object} Parts
 * @property {import('./local_media.js').LocalMedia} local
 * @property {import('./preferences.js').Preferences} preferences
 * @property {import('./playback.js').Playback} playback
 * @property {(name: string) => Promise<void>} onJoin  rejects when the room was not entered
 */
export class Lobby {
  #parts;
  #meter = new LevelMeter(byId('lobby-meter'));
  #name = byId('lobby-name', HTMLInputElement);
  #video = byId('preview-video', HTMLVideoElement);
  #join = byId('lobby-join', HTMLButtonElement);
  /** @type {MediaStreamTrack | null} */ #previewed = null;

  /** @param {Parts} parts @param {string} room @param {string} name */
  constructor(parts, room, name) {
    this.#parts = parts;
    const { local, preferences, playback } = parts;
    byId('lobby-room').textContent = room;
    this.#name.value = name;
    this.#name.addEventListener('input', () => this.#showNameError(''));
    byId('lobby-form').addEventListener('submit', (event) => {
      event.preventDefault();
      this.submit();
    });
    byId('lobby-microphone').addEventListener('click', () => this.#toggle('microphone', 'audio'));
    byId('lobby-camera').addEventListener('click', () => this.#toggle('camera', 'video'));
    buildDeviceMenus(byId('lobby-devices'), local, preferences, playback);
    local.addEventListener('change', this.#paint);
    this.#paint();
  }

  async submit() {
    const name = this.#name.value.trim();
    if (!name) {
      this.#showNameError('Enter your name, so that the others know who you are.');
      this.#name.focus();
      return;
    }
    this.#parts.preferences.set('name', name);
    this.#setBusy(true);
    byId('lobby-error').textContent = '';
    try {
      await this.#parts.onJoin(name);
      this.#close();
    } catch (error) {
      byId('lobby-error').textContent = explainError(error);
    } finally {
      this.#setBusy(false);
    }
  }

  /** @param {'microphone' | 'camera'} input @param {'audio' | 'video'} preference */
  #toggle(input, preference) {
    const { local, preferences } = this.#parts;
    preferences.set(preference, !local.isOn(input));
    local.toggle(input);
  }

  #paint = () => {
    const { local } = this.#parts;
    const [camera, microphone] = [local.state('camera'), local.state('microphone')];
    paintToggle(byId('lobby-microphone'), local.isOn('microphone'), MICROPHONE);
    paintToggle(byId('lobby-camera'), local.isOn('camera'), CAMERA);
    this.#meter.show(local.isOn('microphone') ? microphone.track : null);
    find(byId('lobby'), '.preview-frame').dataset.camera = local.isOn('camera') ? 'on' : 'off';
    if (camera.track !== this.#previewed) {
      this.#previewed = camera.track;
      this.#video.srcObject = camera.track && new MediaStream([camera.track]);
    }
    byId('preview-text').textContent = camera.wanted && !camera.problem ? 'Starting your camera…' : 'Your camera is off';
    const problems = [camera.problem, microphone.problem].filter((problem) => problem !== null);
    byId('lobby-problems').replaceChildren(...problems.map(problemCard));
  };

  #close() {
    this.#parts.local.removeEventListener('change', this.#paint);
    this.#meter.stop();
    this.#video.srcObject = null;
  }

  /** @param {boolean} busy */
  #setBusy(busy) {
    this.#join.disabled = busy;
    this.#join.textContent = busy ? 'Joining…' : 'Join now';
  }

  /** @param {string} text */
  #showNameError(text) {
    byId('lobby-name-error').textContent = text;
    this.#name.setAttribute('aria-invalid', String(text !== ''));
  }
}
