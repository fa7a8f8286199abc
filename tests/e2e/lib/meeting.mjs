import assert from 'node:assert/strict';
import { launchChromium, launchFirefox } from './browsers.mjs';
import { Client } from './client.mjs';
import { startRelay } from './impairment.mjs';
import { joinAlone, openBlank } from './participant.mjs';
import { startProxy } from './proxy.mjs';
import { startServer } from './server.mjs';

let rooms = 0;

/**
 * What the tests of a file share: a server, browsers started when first asked for, and rooms that
 * nobody else uses. To be closed with `await meeting.close()`, which also holds that no page wrote an
 * error to its console.
 */
export class Meeting {
  /** @type {Map<string, Promise<import('./browsers.mjs').TestBrowser>>} */ #browsers = new Map();
  /** @type {Client[]} */ #clients = [];
  #proxies = [];
  #relays = [];
  #server;

  static async start(options) {
    return new Meeting(await startServer(options));
  }

  constructor(server) {
    this.#server = server;
  }

  get url() {
    return this.#server.url;
  }

  /** The server's process id, the one UDP port it was told to use, and what it wrote to its log. */
  get server() {
    return { pid: this.#server.pid, rtcPort: this.#server.rtcPort, log: this.#server.log };
  }

  newRoom() {
    return `e2e-${process.pid}-${++rooms}`;
  }

  chromium() {
    return this.#browser('chromium', launchChromium);
  }

  firefox() {
    return this.#browser('firefox', launchFirefox);
  }

  /** Joins with Chromium unless told otherwise. */
  async join(room, name, { browser, url = this.url, ...options } = {}) {
    const client = await Client.join(browser ?? await this.chromium(), url, room, name, options);
    this.#clients.push(client);
    return client;
  }

  /** Joins without the meeting page, in Chromium. @param {import('./participant.mjs').ParticipantOptions} [options] */
  async joinAlone(room, name, options) {
    const client = await joinAlone(await this.chromium(), this.url, room, name, options);
    this.#clients.push(client);
    return client;
  }

  /** A page that has not joined, with its errors watched. */
  async open(path, options) {
    const page = await (await this.chromium()).newPage(options);
    const client = new Client(page, 'visitor');
    this.#clients.push(client);
    await page.goto(`${this.url}${path}`);
    return client;
  }

  /** A page of the server's origin with nothing on it; in Chromium unless told otherwise. */
  async openBlank(browser) {
    const client = await openBlank(browser ?? await this.chromium(), this.url, 'page');
    this.#clients.push(client);
    return client;
  }

  /** A way to the server that can be cut; it lives until everyone has left. */
  async proxy() {
    const proxy = await startProxy(this.url);
    this.#proxies.push(proxy);
    return proxy;
  }

  /** A bad network to the server, for joinAlone(); it lives until everyone has left. */
  async relay(options) {
    const relay = await startRelay(this.#server.rtcPort, options);
    this.#relays.push(relay);
    return relay;
  }

  /** A room's state as the server tells it. */
  async roomState(room) {
    const response = await fetch(`${this.url}/api/rooms/${room}`);
    return response.ok ? response.json() : null;
  }

  /** Leaves all rooms, so that tests do not weigh on each other. */
  async leaveAll() {
    const clients = this.#clients.splice(0);
    await Promise.all(clients.map((client) => client.close().catch(() => {})));
    for (const proxy of this.#proxies.splice(0)) proxy.stop();
    await Promise.all(this.#relays.splice(0).map((relay) => relay.stop()));
    const errors = clients.flatMap(({ name, errors: written }) => written.map((error) => `${name}: ${error}`));
    assert.deepEqual(errors, [], 'pages wrote errors to their consoles');
  }

  async close() {
    try {
      await this.leaveAll();
    } finally {
      await Promise.all([...this.#browsers.values()].map(async (browser) => (await browser).close()));
      await this.#server.stop();
    }
  }

  #browser(name, launch) {
    const running = this.#browsers.get(name) ?? launch();
    this.#browsers.set(name, running);
    return running;
  }
}
