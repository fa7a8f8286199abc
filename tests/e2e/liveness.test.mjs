import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { launchChromium } from './lib/browsers.mjs';
import { assertFlows } from './lib/flows.mjs';
import { Meeting } from './lib/meeting.mjs';

let meeting;
before(async () => { meeting = await Meeting.start(); });
afterEach(() => meeting.leaveAll());
after(() => meeting.close());

test('a browser killed with -9 is gone from the room in 15 seconds', async () => {
  const room = meeting.newRoom();
  const ann = await meeting.join(room, 'Ann');
  const doomed = await launchChromium();
  await meeting.join(room, 'Doomed', { browser: doomed });
  await ann.untilTiles(2);
  process.kill(doomed.pid, 'SIGKILL');
  const took = await ann.untilTiles(1, 15_000);
  console.log(`gone after ${Math.round(took)} ms`);
});

test('a tab that is closed is gone at once', async () => {
  const room = meeting.newRoom();
  const [ann, ben] = [await meeting.join(room, 'Ann'), await meeting.join(room, 'Ben')];
  await ann.untilTiles(2);
  await ben.page.close({ runBeforeUnload: false });
  const took = await ann.untilTiles(1, 2_000);
  console.log(`gone after ${Math.round(took)} ms`);
});

test('a WebSocket that is cut is taken up again: same seat, same media, nobody leaves', async () => {
  const proxy = await meeting.proxy();
  const room = meeting.newRoom();
  const ann = await meeting.join(room, 'Ann', { url: proxy.url });
  const ben = await meeting.join(room, 'Ben');
  await assertFlows([ann, ben], 2);
  const id = await ann.participantId();
  await ben.evaluate(() => {
    window.departures = 0;
    window.parley.addEventListener('participant-left', () => { window.departures += 1; });
  });
  await ann.evaluate(() => {
    window.before = window.parley.peerConnection;
    window.resumed = new Promise((resolve) => window.parley.addEventListener('joined', ({ detail }) => resolve(detail.resumed), { once: true }));
  });
  proxy.cut();
  assert.equal(await ann.evaluate(() => window.resumed), true);
  assert.equal(await ann.participantId(), id);
  assert.equal(await ann.evaluate(() => window.before === window.parley.peerConnection), true);
  await assertFlows([ann, ben], 2);
  assert.equal(await ben.evaluate(() => window.departures), 0);
  await ann.evaluate(() => window.parley.chat('Back again'));
  await ben.until(() => window.parley.messages.some(({ text }) => text === 'Back again'), 'a message after the resume');
});

test('lost media is replaced: same seat, new connection, all flows', async () => {
  const room = meeting.newRoom();
  const [ann, ben] = [await meeting.join(room, 'Ann'), await meeting.join(room, 'Ben')];
  await assertFlows([ann, ben], 2);
  const id = await ann.participantId();
  // What a browser does whose connection failed: tell so. The server is told nothing.
  await ann.evaluate(() => {
    const pc = window.parley.peerConnection;
    Object.defineProperty(pc, 'connectionState', { value: 'failed' });
    pc.onconnectionstatechange(new Event('connectionstatechange'));
  });
  await ann.until(() => window.parley.state === 'joined' && window.parley.peerConnection?.connectionState === 'connected', 'a new connection');
  assert.equal(await ann.participantId(), id);
  await assertFlows([ann, ben], 2);
});

test('while the server cannot be reached the page says so, and says when it is back', async () => {
  const proxy = await meeting.proxy();
  const ann = await meeting.join(meeting.newRoom(), 'Ann', { url: proxy.url });
  proxy.block();
  await ann.until(() => !document.querySelector('[data-testid="banner"]').hidden, 'the banner');
  await ann.screenshot('reconnecting');
  proxy.restore();
  await ann.until(() => document.querySelector('[data-testid="banner"]').hidden && window.parley.state === 'joined', 'joined again');
  // Chromium itself reports each refused WebSocket; nothing else may be there.
  ann.errors = ann.errors.filter((error) => !/WebSocket connection to .* failed/.test(error));
});
