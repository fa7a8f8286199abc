// Carries datagrams between browsers and the server, each direction over a Link. A thread of its own, so
// that what the test does meanwhile delays no packet.
import { createSocket } from 'node:dgram';
import { parentPort, workerData } from 'node:worker_threads';
import { Link, seededRandom } from './link.mjs';

const HEADERS = 28; // IPv4 and UDP
const BUFFER = 4 * 1024 * 1024;

/** Packets under way, the earliest first. */
class Schedule {
  /** @type {{at: number, deliver: () => void}[]} */ #waiting = [];
  /** @type {NodeJS.Timeout | undefined} */ #timer;

  add(at, deliver) {
    let place = this.#waiting.length;
    while (place > 0 && this.#waiting[place - 1].at > at) place -= 1;
    this.#waiting.splice(place, 0, { at, deliver });
    if (place === 0) this.#arm();
  }

  #arm() {
    clearTimeout(this.#timer);
    if (this.#waiting.length > 0) this.#timer = setTimeout(() => this.#run(), Math.max(0, this.#waiting[0].at - performance.now()));
  }

  #run() {
    const now = performance.now();
    while (this.#waiting.length > 0 && this.#waiting[0].at <= now) this.#waiting.shift()?.deliver();
    this.#arm();
  }
}

const { port, seed } = workerData;
const links = { up: new Link(seededRandom(seed)), down: new Link(seededRandom(seed + 1)) };
const schedule = new Schedule();
const front = createSocket({ type: 'udp4', recvBufferSize: BUFFER, sendBufferSize: BUFFER });
/** The socket towards the server for each of a browser's. @type {Map<string, import('node:dgram').Socket>} */
const backs = new Map();

/** @param {Link} link @param {Buffer} packet @param {() => void} deliver */
function carry(link, packet, deliver) {
  const now = performance.now();
  const at = link.send(packet.length + HEADERS, now);
  if (at === null) return;
  if (at <= now) deliver();
  else schedule.add(at, deliver);
}

/** @param {import('node:dgram').RemoteInfo} browser */
function backFor(browser) {
  const key = `${browser.address}:${browser.port}`;
  const known = backs.get(key);
  if (known) return known;
  const back = createSocket({ type: 'udp4', recvBufferSize: BUFFER, sendBufferSize: BUFFER });
  back.on('error', () => {});
  back.on('message', (packet) => carry(links.down, packet, () => front.send(packet, browser.port, browser.address)));
  backs.set(key, back);
  return back;
}

front.on('error', () => {});
front.on('message', (packet, browser) => {
  const back = backFor(browser);
  carry(links.up, packet, () => back.send(packet, port, '127.0.0.1'));
});

parentPort?.on('message', (/** @type {{up?: object, down?: object}} */ impairments) => {
  for (const direction of ['up', 'down']) if (impairments[direction]) links[direction].set(impairments[direction]);
  parentPort?.postMessage({ up: links.up.counts, down: links.down.counts });
});
front.bind(0, '127.0.0.1', () => parentPort?.postMessage({ port: front.address().port }));
