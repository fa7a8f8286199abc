import { byId } from './dom.js';
import { arrange } from './grid.js';
import { drawnLines } from './layers.js';
import { Tile } from './tile.js';

/**
 * All tiles and where they are: a grid, or one large with the others beside it (a screen that is
 * shared, or what the user picked).
 *
 * @typedef {import('./views.js').View} View
 */
export class Stage {
  /** @type {Map<string, {tile: Tile, view: View}>} */
  #tiles = new Map();
  #parent = byId('tiles');
  #playback;
  #onLayout;
  #page = 0;
  /** What the user chose to see large; '' means nothing even where a screen is shared. @type {string | null} */
  #pinned = null;
  /** @type {Set<string>} */ #speaking = new Set();

  /**
   * @param {import('./playback.js').Playback} playback
   * @param {(pictures: import('./wishes.js').Picture[]) => void} onLayout  the others' pictures as they stand now
   */
  constructor(playback, onLayout) {
    this.#playback = playback;
    this.#onLayout = onLayout;
    new ResizeObserver(() => this.#arrange()).observe(this.#parent);
    byId('page-back').addEventListener('click', () => this.#turn(-1));
    byId('page-next').addEventListener('click', () => this.#turn(1));
  }

  /** Shows a participant's tiles as they are now. @param {string} participant @param {View[]} views */
  show(participant, views) {
    for (const { view } of [...this.#tiles.values()]) {
      if (view.participant === participant && !views.some(({ key }) => key === view.key)) this.#remove(view.key);
    }
    for (const view of views) {
      let entry = this.#tiles.get(view.key);
      if (!entry) {
        entry = { tile: new Tile(view, this.#playback, () => this.#pin(view.key)), view };
        this.#tiles.set(view.key, entry);
        this.#parent.append(entry.tile.element);
      }
      entry.view = view;
      entry.tile.show(view);
      entry.tile.setSpeaking(view.source === 'camera' && this.#speaking.has(participant));
    }
    this.#arrange();
  }

  /** @param {string} participant */
  remove(participant) {
    this.show(participant, []);
  }

  /** @param {string[]} participants */
  setSpeaking(participants) {
    this.#speaking = new Set(participants);
    for (const { tile, view } of this.#tiles.values()) {
      tile.setSpeaking(view.source === 'camera' && this.#speaking.has(view.participant));
    }
  }

  /** A camera of which nothing comes although it should. @param {string} participant @param {boolean} stalled */
  setStalled(participant, stalled) {
    this.#tiles.get(`${participant}/camera`)?.tile.setStalled(stalled);
  }

  /** @param {string} participant @param {import('../parley.js').Quality} quality */
  setQuality(participant, quality) {
    this.#tiles.get(`${participant}/camera`)?.tile.setQuality(quality);
  }

  clear() {
    for (const key of [...this.#tiles.keys()]) this.#remove(key);
  }

  /** @param {string} key */
  #remove(key) {
    this.#tiles.get(key)?.tile.remove();
    this.#tiles.delete(key);
    if (this.#pinned === key) this.#pinned = null;
  }

  /** @param {string} key */
  #pin(key) {
    this.#pinned = this.#focus()?.view.key === key ? '' : key;
    this.#arrange();
  }

  /** @param {number} pages */
  #turn(pages) {
    this.#page += pages;
    this.#arrange();
  }

  #focus() {
    if (this.#pinned !== null) return this.#tiles.get(this.#pinned);
    return [...this.#tiles.values()].findLast(({ view }) => view.source === 'screen' && !view.self);
  }

  #arrange() {
    const area = { width: this.#parent.clientWidth, height: this.#parent.clientHeight };
    if (area.width === 0 || area.height === 0) return;
    const focus = this.#focus();
    const others = [...this.#tiles.values()].filter((entry) => entry !== focus);
    const gap = parseFloat(getComputedStyle(this.#parent).getPropertyValue('--gap')) || 8;
    const plan = arrange(area, others.length, { gap, page: this.#page, focused: focus !== undefined });
    this.#page = plan.page;
    focus?.tile.place(plan.focus);
    for (const [index, { tile }] of others.entries()) tile.place(plan.tiles[index]);
    for (const entry of this.#tiles.values()) entry.tile.setPinned(entry === focus);
    this.#parent.dataset.layout = focus ? 'focus' : 'grid';
    this.#paintPager(plan.page, plan.pages);
    this.#onLayout([
      ...(focus ? picture(focus.view, plan.focus, focus.view.key === this.#pinned) : []),
      ...others.flatMap(({ view }, index) => picture(view, plan.tiles[index], false)),
    ]);
  }

  /** @param {number} page @param {number} pages */
  #paintPager(page, pages) {
    byId('pager').hidden = pages < 2;
    byId('page-number').textContent = `${page + 1} / ${pages}`;
    byId('page-back', HTMLButtonElement).disabled = page === 0;
    byId('page-next', HTMLButtonElement).disabled = page === pages - 1;
  }
}

/**
 * @param {View} view
 * @param {import('./grid.js').Rect | null} rect
 * @param {boolean} pinned
 * @returns {import('./wishes.js').Picture[]}
 */
function picture({ videoId, self, source, layers }, rect, pinned) {
  if (!videoId || self) return [];
  return [{ track: videoId, layers, lines: rect ? drawnLines(rect, source, devicePixelRatio) : 0, hidden: rect === null, pinned }];
}
