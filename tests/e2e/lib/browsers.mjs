import { chromium } from 'playwright-core';
import puppeteer from 'puppeteer-core';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const FIREFOX = process.env.FIREFOX ?? '/usr/bin/firefox-esr';

const CHROMIUM_FLAGS = [
  '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
  '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', '--auto-select-desktop-capture-source=Entire screen',
  // Pages that nobody looks at must not be slowed down: every page here is one.
  '--disable-background-timer-throttling', '--disable-backgrounding-occluded-windows', '--disable-renderer-backgrounding',
];

const FIREFOX_PREFERENCES = {
  'media.navigator.streams.fake': true,
  'media.navigator.permission.disabled': true,
  'media.peerconnection.ice.loopback': true,
  'media.peerconnection.ice.obfuscate_host_addresses': false,
  'media.autoplay.default': 0,
};

/**
 * A browser that tests open pages in, whichever it is.
 *
 * @typedef {object} TestBrowser
 * @property {string} name
 * @property {number} pid
 * @property {(options?: PageOptions) => Promise<any>} newPage  of its own profile, where the browser can
 * @property {() => Promise<void>} close
 *
 * @typedef {{width?: number, height?: number, dark?: boolean, touch?: boolean}} PageOptions
 */

/** @returns {Promise<TestBrowser>} */
export async function launchChromium() {
  const server = await chromium.launchServer({ executablePath: CHROMIUM, headless: true, chromiumSandbox: false, args: CHROMIUM_FLAGS });
  const browser = await chromium.connect(server.wsEndpoint());
  return {
    name: 'chromium',
    pid: server.process().pid,
    newPage: async ({ width = 1280, height = 800, dark = false, touch = false } = {}) => {
      const context = await browser.newContext({ viewport: { width, height }, colorScheme: dark ? 'dark' : 'light', hasTouch: touch });
      await context.grantPermissions(['camera', 'microphone', 'clipboard-read', 'clipboard-write']).catch(() => {});
      const page = await context.newPage();
      page.on('close', () => context.close().catch(() => {}));
      return page;
    },
    close: () => server.close(),
  };
}

/** @returns {Promise<TestBrowser>} */
export async function launchFirefox() {
  const browser = await puppeteer.launch({
    browser: 'firefox', protocol: 'webDriverBiDi', executablePath: FIREFOX, headless: true, extraPrefsFirefox: FIREFOX_PREFERENCES,
  });
  return {
    name: 'firefox',
    pid: browser.process().pid,
    newPage: async ({ width = 1280, height = 800 } = {}) => {
      const context = await browser.createBrowserContext();
      const page = await context.newPage();
      await page.setViewport({ width, height });
      return page;
    },
    close: () => browser.close(),
  };
}
