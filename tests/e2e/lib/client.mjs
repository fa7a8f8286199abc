import { mkdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ARTIFACTS = fileURLToPath(new URL('../artifacts/', import.meta.url));
const POLL_MS = 50;

/** Somebody in a meeting: a page of a browser, with what a test wants to do and know. */
export class Client {
  /** What the page wrote to the console as an error, and what it threw. @type {string[]} */
  errors = [];

  constructor(page, name) {
    this.page = page;
    this.name = name;
    page.on('console', (message) => {
      if (message.type() === 'error') this.errors.push(message.text());
    });
    page.on('pageerror', (error) => this.errors.push(String(error?.stack ?? error)));
  }

  /**
   * Opens the room and joins without a click.
   *
   * @param {import('./browsers.mjs').TestBrowser} browser
   * @param {string} url of the server
   * @param {string} room
   * @param {string} name
   * @param {import('./browsers.mjs').PageOptions & {query?: string, before?: (page: any) => Promise<void>}} [options]
   */
  static async join(browser, url, room, name, { query = '', before, ...options } = {}) {
    const page = await browser.newPage(options);
    const client = new Client(page, name);
    await before?.(page);
    await page.goto(`${url}/${room}?name=${encodeURIComponent(name)}&join=1${query}`);
    await client.until(() => window.parley?.state === 'joined', 'joined the room');
    return client;
  }

  /** By data-testid. @param {string} testId */
  async click(testId) {
    await this.page.click(`[data-testid="${testId}"]`);
  }

  evaluate(run, argument) {
    return this.page.evaluate(run, argument);
  }

  /**
   * Waits until `condition`, run in the page, is true; fails with what it waited for.
   *
   * @param {(argument: any) => unknown} condition
   * @param {string} what
   * @param {{timeout?: number, argument?: unknown}} [options]
   * @returns {Promise<number>} milliseconds it took
   */
  async until(condition, what, { timeout = 15_000, argument } = {}) {
    const start = performance.now();
    for (;;) {
      if (await this.page.evaluate(condition, argument)) return performance.now() - start;
      if (performance.now() - start > timeout) {
        await this.screenshot(`failed-${this.name}`).catch(() => {});
        throw new Error(`${this.name} waited ${timeout} ms in vain: ${what}\n${this.errors.join('\n')}`);
      }
      await sleep(POLL_MS);
    }
  }

  /** Names on the tiles that are there, oneself included. */
  tiles() {
    return this.page.evaluate(() => [...document.querySelectorAll('[data-testid="tile"] .tile-name')].map(({ textContent }) => textContent));
  }

  untilTiles(count, timeout) {
    return this.until((wanted) => document.querySelectorAll('[data-testid="tile"]').length === wanted, `${count} tiles`, { argument: count, timeout });
  }

  participantId() {
    return this.page.evaluate(() => window.parley.id);
  }

  /** Keeps a picture among the test artefacts. @param {string} name */
  async screenshot(name) {
    await mkdir(ARTIFACTS, { recursive: true });
    await this.page.screenshot({ path: `${ARTIFACTS}${name}.png` });
  }

  async close() {
    await this.page.close();
  }
}
