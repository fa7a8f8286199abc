import { explainMediaError } from './media_errors.js';

/**
 * @typedef {'microphone' | 'camera'} Input
 * @typedef {import('./media_errors.js').Explanation} Explanation
 *
 * @typedef {object} State
 * @property {boolean} wanted                  switched on by the user
 * @property {MediaStreamTrack | null} track   what it gives; a microphone switched off keeps it
 * @property {Explanation | null} problem      why there is none although it is wanted
 */

/** @type {Record<Input, MediaTrackConstraints>} */
const CONSTRAINTS = {
  microphone: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
  // Everyone receives everyone at full size, so the size is one that a room of many can take.
  camera: { width: { ideal: 960 }, height: { ideal: 540 }, frameRate: { ideal: 30, max: 30 }, facingMode: 'user' },
};
/** @type {Record<Input, 'audio' | 'video'>} */
const KIND = { microphone: 'audio', camera: 'video' };
/** @type {Record<Input, string>} */
const HINT = { microphone: 'speech', camera: 'motion' };

/**
 * The user's own camera and microphone: switched on and off, chosen, and what went wrong. Fires
 * `change` when a state changed, and `devices` when devices came, went or became known by name.
 */
export class LocalMedia extends EventTarget {
  /** @type {Record<Input, State>} */
  #states = {
    microphone: { wanted: false, track: null, problem: null },
    camera: { wanted: false, track: null, problem: null },
  };
  #preferences;

  /** @param {import('./preferences.js').Preferences} preferences */
  constructor(preferences) {
    super();
    this.#preferences = preferences;
    navigator.mediaDevices?.addEventListener('devicechange', () => this.#emit('devices'));
  }

  /** @param {Input} input @returns {Readonly<State>} */
  state(input) {
    return this.#states[input];
  }

  /** @param {Input} input */
  isOn(input) {
    const { wanted, track } = this.#states[input];
    return wanted && track !== null;
  }

  /**
   * Switches inputs on or off. Never rejects: what fails is left as a problem in the state.
   *
   * @param {{[input in Input]?: boolean}} wishes
   */
  async want(wishes) {
    const inputs = /** @type {Input[]} */ (Object.keys(wishes)).filter((input) => wishes[input] !== undefined);
    const toOpen = inputs.filter((input) => this.#switch(input, wishes[input] === true));
    if (toOpen.length > 0) await this.#open(toOpen);
  }

  /** @param {Input} input @returns {Promise<void>} */
  toggle(input) {
    return this.want({ [input]: !this.isOn(input) });
  }

  /**
   * Takes another device, now if the input is on, else when it is switched on.
   *
   * @param {Input} input
   * @param {string} deviceId
   */
  async choose(input, deviceId) {
    this.#preferences.set(input, deviceId);
    const state = this.#states[input];
    if (!state.wanted) {
      this.#release(input);
      return;
    }
    // Some systems cannot open two cameras at once.
    this.#release(input);
    await this.#open([input]);
  }

  /** @param {MediaDeviceKind} kind @returns {Promise<MediaDeviceInfo[]>} */
  async list(kind) {
    const devices = await navigator.mediaDevices?.enumerateDevices() ?? [];
    return devices.filter((device) => device.kind === kind && device.deviceId !== '');
  }

  stop() {
    for (const input of /** @type {Input[]} */ (Object.keys(this.#states))) {
      this.#states[input].wanted = false;
      this.#release(input);
    }
  }

  /**
   * @param {Input} input
   * @param {boolean} on
   * @returns {boolean} whether it has to be opened
   */
  #switch(input, on) {
    const state = this.#states[input];
    state.wanted = on;
    state.problem = null;
    if (!on && input === 'camera') this.#release(input);
    this.#emit('change');
    return on && state.track === null;
  }

  /** @param {Input[]} inputs opened by one call, so that the user is asked once */
  async #open(inputs) {
    try {
      this.#take(await this.#getUserMedia(inputs));
    } catch (error) {
      // One refused or missing device fails the whole call: try each by itself.
      if (inputs.length > 1) {
        for (const input of inputs) await this.#open([input]);
        return;
      }
      const [input] = inputs;
      if (this.#states[input].wanted) {
        this.#states[input].problem = explainMediaError(/** @type {Error} */ (error).name, input);
      }
      this.#emit('change');
    }
    this.#emit('devices');
  }

  /** @param {Input[]} inputs */
  async #getUserMedia(inputs) {
    if (!navigator.mediaDevices?.getUserMedia) {
      const name = window.isSecureContext ? 'UnsupportedError' : 'InsecureError';
      throw Object.assign(new Error(name), { name });
    }
    /** @type {MediaStreamConstraints} */
    const constraints = {};
    for (const input of inputs) {
      const ideal = this.#preferences.get(input);
      constraints[KIND[input]] = { ...CONSTRAINTS[input], ...(ideal ? { deviceId: { ideal }, facingMode: undefined } : {}) };
    }
    return navigator.mediaDevices.getUserMedia(constraints);
  }

  /** @param {MediaStream} stream */
  #take(stream) {
    for (const track of stream.getTracks()) {
      const input = track.kind === 'audio' ? 'microphone' : 'camera';
      const state = this.#states[input];
      if (!state.wanted || state.track) {
        track.stop();
        continue;
      }
      track.contentHint = HINT[input];
      track.onended = () => this.#ended(input, track);
      Object.assign(state, { track, problem: null });
    }
    this.#emit('change');
  }

  /** @param {Input} input @param {MediaStreamTrack} track */
  #ended(input, track) {
    const state = this.#states[input];
    if (state.track !== track) return;
    state.track = null;
    if (state.wanted) state.problem = explainMediaError('EndedError', input);
    this.#emit('change');
  }

  /** @param {Input} input */
  #release(input) {
    const { track } = this.#states[input];
    this.#states[input].track = null;
    track?.stop();
  }

  /** @param {string} name */
  #emit(name) {
    this.dispatchEvent(new Event(name));
  }
}
