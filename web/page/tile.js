import { clone, find, setIcon } from './dom.js';
import { paintAvatar } from './person.js';

/** How long before it is asked for a frame may have arrived to count as present. */
const STALE_MS = 1_000;

/**
 * One participant's camera, or one screen. Picture and sound that belong together play from one
 * MediaStream, so that the browser keeps them in sync.
 */
export class Tile {
  element = clone('tile-template');
  #video = find(this.element, 'video', HTMLVideoElement);
  #pin = find(this.element, '.tile-pin');
  #note = find(this.element, '.tile-note');
  #stream = new MediaStream();
  #playback;
  /** @type {MediaStreamTrack | null} */ #shown = null;

  /**
   * @param {import('./views.js').View} view
   * @param {import('./playback.js').Playback} playback
   * @param {() => void} onPin
   */
  constructor(view, playback, onPin) {
    this.#playback = playback;
    const { dataset } = this.element;
    dataset.participant = view.participant;
    dataset.source = view.source;
    if (view.self) {
      dataset.self = '';
      // A mirror is what one expects of oneself, but not of one's screen.
      if (view.source === 'camera') dataset.mirrored = '';
    }
    if (view.self) this.#video.muted = true;
    else playback.add(this.#video);
    this.#video.srcObject = this.#stream;
    this.#pin.addEventListener('click', onPin);
    this.#video.addEventListener('dblclick', onPin);
  }

  /** @param {import('./views.js').View} view */
  show(view) {
    const { element } = this;
    element.setAttribute('aria-label', view.label);
    element.toggleAttribute('data-muted', view.muted);
    element.toggleAttribute('data-host', view.host);
    find(element, '.tile-name').textContent = view.name;
    paintAvatar(find(element, '.avatar'), view.participant, view.name.replace(/ \(you\)$/, ''));
    this.#note.textContent = view.note;
    this.#note.hidden = view.note === '';
    this.#pinName = view.name;
    this.#play(view.audio, view.video);
  }

  /** @param {boolean} pinned */
  setPinned(pinned) {
    setIcon(this.#pin, pinned ? 'unpin' : 'pin');
    this.#pin.setAttribute('aria-label', pinned ? 'Show everyone alike' : `Show ${this.#pinName} large`);
    this.element.toggleAttribute('data-pinned', pinned);
  }
  #pinName = '';

  /** @param {boolean} speaking */
  setSpeaking(speaking) {
    this.element.toggleAttribute('data-speaking', speaking);
  }

  /** @param {boolean} stalled */
  setStalled(stalled) {
    this.element.toggleAttribute('data-stalled', stalled);
  }

  /** @param {import('../parley.js').Quality} quality */
  setQuality(quality) {
    this.element.dataset.quality = quality;
  }

  /** @param {import('./grid.js').Rect | null} rect null: on another page */
  place(rect) {
    this.element.toggleAttribute('data-offstage', rect === null);
    if (!rect) return;
    for (const [name, value] of [['--x', rect.x], ['--y', rect.y], ['--w', rect.width], ['--h', rect.height]]) {
      this.element.style.setProperty(String(name), `${value}px`);
    }
  }

  remove() {
    this.#playback.remove(this.#video);
    this.element.remove();
  }

  /** @param {MediaStreamTrack | null} audio @param {MediaStreamTrack | null} video */
  #play(audio, video) {
    const wanted = [audio, video].filter((track) => track !== null);
    const playing = this.#stream.getTracks();
    for (const track of playing) if (!wanted.includes(track)) this.#stream.removeTrack(track);
    const added = wanted.filter((track) => !playing.includes(track));
    for (const track of added) this.#stream.addTrack(track);
    if (added.length > 0) this.#playback.play(this.#video);
    if (video === this.#shown) return;
    this.#shown = video;
    delete this.element.dataset.video;
    if (video) this.#showFirstFrame(video);
  }

  /** The avatar stays until there is a picture, and one of now. @param {MediaStreamTrack} video */
  #showFirstFrame(video) {
    const since = performance.now();
    /** @param {unknown} _ @param {VideoFrameCallbackMetadata} [frame] */
    const show = (_, frame) => {
      if (this.#shown !== video) return;
      // A track that was away begins with the frame it ended with.
      if (frame?.receiveTime && frame.receiveTime < since - STALE_MS) this.#video.requestVideoFrameCallback(show);
      else this.element.dataset.video = 'on';
    };
    if ('requestVideoFrameCallback' in this.#video) this.#video.requestVideoFrameCallback(show);
    else /** @type {HTMLVideoElement} */ (this.#video).addEventListener('loadeddata', () => show(null), { once: true });
  }
}
