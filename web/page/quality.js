import { byId, make } from './dom.js';
import { QUALITY, figures } from './words.js';

const EVERY_MS = 2_000;

/** Shows how well the call comes through: one's own connection in the bar, the others' on their tiles. */
export class QualityMonitor {
  #room; #stage;
  /** @type {ReturnType<typeof setInterval> | undefined} */ #timer;

  /** @param {import('../parley.js').Room} room @param {import('./stage.js').Stage} stage */
  constructor(room, stage) {
    this.#room = room;
    this.#stage = stage;
  }

  start() {
    this.#timer = setInterval(() => this.#measure(), EVERY_MS);
    this.#room.addEventListener('media-state', () => this.#measure());
    this.#measure();
  }

  stop() {
    clearInterval(this.#timer);
  }

  async #measure() {
    const stats = await this.#room.getStats();
    this.#paint(stats);
    for (const { id, tracks } of this.#room.participants.values()) {
      const flows = [...tracks.keys()].map((track) => stats.tracks.get(track)?.quality);
      const quality = flows.includes('poor') ? 'poor' : flows.includes('fair') ? 'fair' : 'good';
      this.#stage.setQuality(id, quality);
    }
  }

  /** @param {import('../parley.js').RoomStats} stats */
  #paint(stats) {
    const { word, summary } = QUALITY[stats.quality];
    const button = byId('connection');
    button.dataset.quality = stats.quality;
    button.setAttribute('aria-label', `Connection: ${word}`);
    const pairs = figures(stats);
    button.title = [summary, ...pairs.map(([name, value]) => `${name}: ${value}`)].join('\n');
    byId('connection-word').textContent = word;
    byId('connection-summary').textContent = summary;
    byId('connection-figures').replaceChildren(
      ...pairs.flatMap(([name, value]) => [make('dt', '', name), make('dd', '', value)]),
    );
  }
}
