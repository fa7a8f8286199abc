/** Below this a room is silent, above a voice is loud; in dB of full scale. */
const FLOOR_DB = -60;
const CEILING_DB = -15;

/**
 * A level as part of the range a voice moves in. Pure.
 *
 * @param {number} rms 0 to 1
 * @returns {number} 0 to 1
 */
export function loudness(rms) {
  if (rms <= 0) return 0;
  const db = 20 * Math.log10(rms);
  return Math.min(1, Math.max(0, (db - FLOOR_DB) / (CEILING_DB - FLOOR_DB)));
}

/** Shows how loud a microphone is as a row of bars. */
export class LevelMeter {
  #element;
  /** @type {AudioContext | null} */ #context = null;
  /** @type {MediaStreamTrack | null} */ #track = null;

  /** @param {HTMLElement} element */
  constructor(element) {
    this.#element = element;
  }

  /** @param {MediaStreamTrack | null} track null: no microphone, show nothing */
  show(track) {
    this.#element.toggleAttribute('data-off', track === null);
    if (track === this.#track) return;
    this.stop();
    this.#track = track;
    if (!track) return;
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    analyser.fftSize = 512;
    context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
    this.#context = context;
    const samples = new Float32Array(analyser.fftSize);
    const tick = () => {
      if (this.#context !== context) return;
      analyser.getFloatTimeDomainData(samples);
      this.#paint(loudness(Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length)));
      setTimeout(tick, 80);
    };
    tick();
  }

  stop() {
    this.#context?.close();
    this.#context = null;
    this.#track = null;
  }

  /** @param {number} level 0 to 1 */
  #paint(level) {
    this.#element.setAttribute('aria-valuenow', String(Math.round(level * 100)));
    const bars = this.#element.children;
    for (let index = 0; index < bars.length; ++index) bars[index].classList.toggle('lit', level > index / bars.length);
  }
}
