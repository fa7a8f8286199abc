import { byId, make } from './dom.js';
import { QUALITY, figures } from './words.js';

const EVERY_MS = 2_000;
/** So many readings without a frame, and a picture is no more than a memory. */
const STALLED_AFTER = 2;

/** Shows how well the call comes through: one's own connection in the bar, the others' on their tiles. */
export class QualityMonitor {
  #room; #stage; #wishes;
  /** Readings without a frame, by video track. @type {Map<string, number>} */ #still = new Map();
  /** @type {ReturnType<typeof setInterval> | undefined} */ #timer;

  /**
   * @param {import('../parley.js').Room} room
   * @param {import('./stage.js').Stage} stage
   * @param {import('./wishes.js').Wishes} wishes
   */
  constructor(room, stage, wishes) {
    this.#room = room;
    this.#stage = stage;
    this.#wishes = wishes;
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
      for (const track of tracks.values()) if (track.source === 'camera') this.#stage.setStalled(id, this.#isStalled(track, stats));
    }
  }

  /**
   * A camera always moves, so one without frames is starved by the network: its owner's name says more
   * than a frozen face.
   *
   * @param {import('../parley.js').RemoteTrack} track
   * @param {import('../parley.js').RoomStats} stats
   */
  #isStalled({ id, muted, held }, stats) {
    const frozen = stats.tracks.get(id)?.fps === 0 && !muted && !held && this.#wishes.isWanted(id);
    const still = frozen ? (this.#still.get(id) ?? 0) + 1 : 0;
    this.#still.set(id, still);
    return still >= STALLED_AFTER;
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
