import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Meeting } from './lib/meeting.mjs';

let meeting;
before(async () => { meeting = await Meeting.start(); });
afterEach(() => meeting.leaveAll());
after(() => meeting.close());

/** Without camera and microphone, so that one sender has the machine for itself. */
const WATCHING = { query: '&audio=0&video=0' };

/** The rids a page sends its camera with just now, and how wide, small ones first. */
function sent(client) {
  return client.evaluate(async () => [...(await window.parley.getStats()).sent.values()].flat().map(({ rid, width }) => [rid, width]));
}

/** Of the first camera of somebody else: what arrives of it. */
function received(client) {
  return client.evaluate(async () => {
    const camera = [...window.parley.participants.values()].flatMap(({ tracks }) => [...tracks.values()]).find(({ source }) => source === 'camera');
    const stats = [...(await window.parley.peerConnection.getStats()).values()].find(({ type, trackIdentifier }) => type === 'inbound-rtp' && trackIdentifier === camera?.mediaTrack?.id);
    return { track: camera?.id, layers: camera?.layers, width: stats?.frameWidth ?? 0, frames: stats?.framesDecoded ?? 0, freezes: stats?.totalFreezesDuration ?? 0 };
  });
}

async function untilReceived(client, what, good, timeout = 20_000) {
  const end = performance.now() + timeout;
  for (;;) {
    const now = await received(client);
    if (good(now)) return now;
    if (performance.now() > end) assert.fail(`${client.name} waited in vain for ${what}: ${JSON.stringify(now)}`);
    await sleep(100);
  }
}

async function untilSent(client, count, timeout = 30_000) {
  const end = performance.now() + timeout;
  for (;;) {
    const layers = await sent(client);
    if (layers.length === count) return layers;
    if (performance.now() > end) assert.fail(`${client.name} sends ${JSON.stringify(layers)}, not ${count} layers`);
    await sleep(200);
  }
}

/** Notes in the page the longest time without a new frame of the first picture of somebody else. */
function watchGaps() {
  const video = document.querySelector('.tile:not([data-self]) video');
  window.gap = { last: performance.now(), longest: 0 };
  const seen = () => {
    const now = performance.now();
    window.gap.longest = Math.max(window.gap.longest, now - window.gap.last);
    window.gap.last = now;
    video.requestVideoFrameCallback(seen);
  };
  video.requestVideoFrameCallback(seen);
}

for (const name of ['chromium', 'firefox']) {
  test(`each of ${name}'s three layers comes to whoever asks for it, without a freeze between them`, async () => {
    const room = meeting.newRoom();
    const ann = await meeting.join(room, 'Ann', { browser: await meeting[name]() });
    const ben = await meeting.join(room, 'Ben', WATCHING);
    const layers = await untilSent(ann, 3);
    assert.deepEqual(layers.map(([rid]) => rid), ['q', 'h', 'f']);
    const full = layers[2][1];
    assert.deepEqual(layers.map(([, width]) => Math.round((full / width))), [4, 2, 1]);
    // A busy machine makes all of them smaller at once: Firefox goes from 960 to 640 pixels.
    const is = { q: (width) => width > 0 && width <= full / 4, h: (width) => width > full / 4 && width <= full / 2, f: (width) => width > full / 2 };
    const first = await untilReceived(ben, 'the camera', ({ frames }) => frames > 0);
    assert.deepEqual(first.layers, ['q', 'h', 'f']);
    await untilReceived(ben, 'the largest picture', ({ width }) => is.f(width));
    // The page's own wishes are out of the way: nothing about its tiles changes any more.
    await ben.evaluate(watchGaps);
    for (const layer of ['q', 'h', 'f', 'q', '']) {
      const fits = is[layer || 'f'];
      await ben.evaluate(([track, rid]) => window.parley.subscribe(track, { layer: rid }), [first.track, layer]);
      const { frames } = await untilReceived(ben, `layer "${layer}"`, ({ width }) => fits(width));
      await untilReceived(ben, `pictures of layer "${layer}"`, (now) => fits(now.width) && now.frames > frames + 10);
    }
    const longest = await ben.evaluate(() => window.gap.longest);
    assert.ok(longest < 1000, `${Math.round(longest)} ms without a picture`);
  });
}

test('a small tile takes a small layer, a hidden page nothing, and both come back', async () => {
  const room = meeting.newRoom();
  const ann = await meeting.join(room, 'Ann');
  const ben = await meeting.join(room, 'Ben', WATCHING);
  const [, , [, full]] = await untilSent(ann, 3);
  await untilReceived(ben, 'the largest picture for a large tile', ({ width }) => width === full);
  await ben.page.setViewportSize({ width: 400, height: 330 });
  await untilReceived(ben, 'a smaller picture for a small tile', ({ width }) => width > 0 && width < full);
  await ben.page.setViewportSize({ width: 1280, height: 800 });
  await untilReceived(ben, 'the largest picture again', ({ width }) => width === full);
  const show = (hidden) => ben.evaluate((value) => {
    Object.defineProperty(document, 'hidden', { value, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);
  await show(true);
  await sleep(1500);
  const paused = await received(ben);
  await sleep(1500);
  assert.equal((await received(ben)).frames, paused.frames, 'nothing arrives');
  await show(false);
  await untilReceived(ben, 'pictures again', ({ frames }) => frames > paused.frames + 5, 5000);
});

test('simulcast: false sends one picture, which its subscribers get', async () => {
  const room = meeting.newRoom();
  const ben = await meeting.join(room, 'Ben', WATCHING);
  const ann = await meeting.join(room, 'Ann', WATCHING);
  await ann.evaluate(async () => {
    const media = await navigator.mediaDevices.getUserMedia({ video: { width: 960, height: 540 } });
    await window.parley.publish(media.getVideoTracks()[0], { simulcast: false });
  });
  // It begins smaller than it is captured, until the browser knows what the network takes.
  const [[rid]] = await untilSent(ann, 1);
  assert.equal(rid, 'f');
  await untilReceived(ben, 'the one picture', ({ width, frames }) => width > 480 && frames > 10);
});

test('what a page switched off stays off when the others make the server offer again', async () => {
  const room = meeting.newRoom();
  const ann = await meeting.join(room, 'Ann', WATCHING);
  await ann.evaluate(async () => {
    const media = await navigator.mediaDevices.getUserMedia({ video: { width: 960, height: 540 } });
    await window.parley.publish(media.getVideoTracks()[0], { simulcast: false });
  });
  await untilSent(ann, 1);
  const ben = await meeting.join(room, 'Ben');
  await ann.until(() => document.querySelector('.tile:not([data-self])')?.dataset.video === 'on', 'Ben\'s picture');
  const bytes = () => ann.evaluate(async () => [...(await window.parley.peerConnection.getStats()).values()]
    .filter(({ type, rid }) => type === 'outbound-rtp' && (rid === 'q' || rid === 'h')).map(({ bytesSent }) => bytesSent));
  const before = await bytes();
  await sleep(1500);
  assert.deepEqual(await bytes(), before);
  await untilReceived(ben, 'Ann\'s picture', ({ width }) => width > 480);
});

test('a room of last-N names those whose cameras it holds back, and shows them when they are pinned', async () => {
  const room = meeting.newRoom();
  await meeting.join(room, 'Ann');
  const response = await fetch(`${meeting.url}/api/rooms/${room}`, {
    method: 'PATCH', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ lastN: 1 }),
  });
  assert.equal(response.status, 200, await response.text());
  await meeting.join(room, 'Ben');
  const cleo = await meeting.join(room, 'Cleo', WATCHING);
  const shown = () => cleo.evaluate(() => [...document.querySelectorAll('.tile[data-video="on"]')].map((tile) => tile.querySelector('.tile-name').textContent));
  await cleo.untilTiles(3);
  await cleo.until(() => document.querySelectorAll('.tile[data-video="on"]').length === 1, 'one picture');
  await sleep(1000);
  const [first, ...more] = await shown();
  assert.deepEqual(more, [], 'only one of the two');
  await cleo.screenshot('last-n');
  const held = first === 'Ann' ? 'Ben' : 'Ann';
  await cleo.evaluate((name) => {
    [...document.querySelectorAll('.tile')].find((tile) => tile.querySelector('.tile-name').textContent === name).querySelector('.tile-pin').click();
  }, held);
  await cleo.until(() => document.querySelector('.tile[data-pinned]')?.dataset.video === 'on', `${held}'s picture`);
  assert.ok((await shown()).includes(held), 'who is pinned is seen whatever last-N says');
});
