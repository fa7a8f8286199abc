// Pictures of the page in every state worth looking at, taken in Chromium against the development
// double: node screenshots.mjs [name…] writes screenshots/<name>.png.
import { mkdir, readFile } from 'node:fs/promises';
import { chromium } from 'playwright-core';
import { startDouble } from './double/server.mjs';

const FLAGS = [
  '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
  '--disable-sync', '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', '--autoplay-policy=no-user-gesture-required',
];
const DESKTOP = { width: 1280, height: 800 };
const PHONE = { width: 360, height: 740 };
const room = (name) => `${name}?name=Ann&join=1`;

/** @type {Record<string, {path: string, viewport?: object, dark?: boolean, phone?: boolean, act?: (page) => Promise<void>}>} */
const SHOTS = {
  'lobby': { path: 'standup' },
  'lobby-dark': { path: 'standup?name=Ann', dark: true },
  'lobby-phone': { path: 'standup?name=Ann', viewport: PHONE },
  'lobby-no-devices': { path: 'standup?name=Ann', noDevices: true },
  'meeting-1': { path: room('demo-1') },
  'meeting-2': { path: room('demo-2'), dark: true },
  'meeting-3': { path: room('demo-3') },
  'meeting-5': { path: room('demo-5'), dark: true },
  'meeting-9': { path: room('demo-9') },
  'meeting-16': { path: room('demo-16'), dark: true },
  'meeting-21': { path: room('demo-21') },
  'last-n-9': { path: room('demo-9-lastn') },
  'last-n-16': { path: room('demo-16-lastn'), dark: true },
  'last-n-phone': { path: room('demo-9-lastn'), viewport: PHONE },
  'screen': { path: room('demo-5-screen') },
  'screen-dark': { path: room('demo-9-screen'), dark: true },
  'screen-phone': { path: room('demo-4-screen'), viewport: PHONE },
  'chat': { path: room('demo-5-chat'), act: (page) => page.click('[data-testid=open-chat]').then(() => page.waitForTimeout(1200)) },
  'chat-unread': { path: room('demo-3-chat'), dark: true, act: (page) => page.waitForTimeout(1500) },
  'chat-phone': { path: room('demo-5-chat'), viewport: PHONE, act: (page) => page.click('[data-testid=open-chat]') },
  'people': { path: room('demo-9'), dark: true, act: (page) => page.click('[data-testid=open-people]') },
  'phone-1': { path: room('demo-1'), viewport: PHONE },
  'phone-2': { path: room('demo-2'), viewport: PHONE, dark: true },
  'phone-5': { path: room('demo-5'), viewport: PHONE },
  'phone-16': { path: room('demo-16'), viewport: PHONE, dark: true },
  'phone-landscape': { path: room('demo-4'), viewport: { width: 740, height: 360 } },
  'help': { path: room('demo-2'), act: (page) => page.click('[data-testid=help]') },
  'connection': { path: room('demo-2'), dark: true, act: (page) => page.click('[data-testid=connection]').then(() => page.waitForTimeout(2500)) },
  'settings': { path: room('demo-2'), act: (page) => page.click('[data-testid=open-settings]') },
  'reconnecting': { path: room('demo-3'), cut: true },
  'ended': { path: room('demo-2'), act: (page) => page.click('[data-testid=leave]') },
  'focus-ring': { path: room('demo-3'), act: (page) => page.keyboard.press('Tab') },
};

const wanted = process.argv.slice(2);
const names = Object.keys(SHOTS).filter((name) => wanted.length === 0 || wanted.includes(name));
const fakeRtc = await readFile(new URL('./double/fake_rtc.js', import.meta.url), 'utf8');
await mkdir('screenshots', { recursive: true });
const double = await startDouble();
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', headless: true, args: FLAGS });
for (const name of names) {
  const { path, viewport = DESKTOP, dark, noDevices, cut, act } = SHOTS[name];
  const page = await browser.newPage({ viewport, colorScheme: dark ? 'dark' : 'light', hasTouch: viewport === PHONE });
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) console.log(`${name}: ${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => console.log(`${name}: ${error.stack}`));
  await page.addInitScript(fakeRtc);
  if (noDevices) await page.addInitScript(() => {
    navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('no', 'NotFoundError'); };
  });
  await page.goto(`${double.url}/${path}`);
  if (path.includes('join=1')) await page.waitForSelector('[data-testid=meeting]:not([hidden])');
  await page.waitForTimeout(1100);
  if (cut) {
    double.sockets.options.verifyClient = () => false;
    for (const client of double.sockets.clients) client.terminate();
    await page.waitForTimeout(600);
  }
  await act?.(page);
  await page.waitForTimeout(350);
  await page.screenshot({ path: `screenshots/${name}.png` });
  double.sockets.options.verifyClient = null;
  await page.close();
}
await browser.close();
double.close();
