// Starts the browsers, with fake devices and a page that drives RTCPeerConnections.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import puppeteer from 'puppeteer-core';

const peerScript = readFileSync(new URL('peer.js', import.meta.url));

// getUserMedia exists on pages from localhost, not on about:blank.
async function servePage() {
  const server = createServer((request, response) => {
    const script = request.url === '/peer.js';
    response.setHeader('Content-Type', script ? 'text/javascript' : 'text/html');
    response.end(script ? peerScript : '<!doctype html><title>peer</title><script src="/peer.js"></script>');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}

async function openChromium(url) {
  const profile = mkdtempSync(join(tmpdir(), 'parley-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.PARLEY_CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync', '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream'],
  });
  const page = await context.newPage();
  await page.goto(url);
  return {
    name: 'chromium',
    run: (method, ...args) => page.evaluate(([m, a]) => window.peer[m](...a), [method, args]),
    close: async () => {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

async function openFirefox(url) {
  const browser = await puppeteer.launch({
    browser: 'firefox',
    protocol: 'webDriverBiDi',
    executablePath: process.env.PARLEY_FIREFOX ?? '/usr/bin/firefox-esr',
    headless: true,
    extraPrefsFirefox: {
      'media.navigator.streams.fake': true,
      'media.navigator.permission.disabled': true,
      'media.peerconnection.ice.loopback': true,
      'media.peerconnection.ice.obfuscate_host_addresses': false,
    },
  });
  const page = await browser.newPage();
  await page.goto(url);
  return {
    name: 'firefox',
    run: (method, ...args) => page.evaluate((m, a) => window.peer[m](...a), method, args),
    close: () => browser.close(),
  };
}

/// Runs `use` once with each browser.
export async function withBrowsers(use) {
  const page = await servePage();
  try {
    for (const open of [openChromium, openFirefox]) {
      const browser = await open(page.url);
      try {
        await use(browser);
      } finally {
        await browser.close();
      }
    }
  } finally {
    page.close();
  }
}
