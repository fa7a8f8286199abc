import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { assertFlows, untilAlive } from './lib/flows.mjs';
import { Meeting } from './lib/meeting.mjs';

let meeting;
before(async () => { meeting = await Meeting.start(); });
afterEach(() => meeting.leaveAll());
after(() => meeting.close());

const MUTED_TILE = (name) => [...document.querySelectorAll('.tile[data-muted]')].some((tile) => tile.querySelector('.tile-name').textContent === name);
const OPEN_TILE = (name) => [...document.querySelectorAll('.tile:not([data-muted])')].some((tile) => tile.querySelector('.tile-name').textContent === name);

/** Headless browsers have no screen: a drawn one takes its place. */
function drawScreen(page) {
  return page.addInitScript(() => {
    navigator.mediaDevices.getDisplayMedia = async () => {
      const canvas = Object.assign(document.createElement('canvas'), { width: 1280, height: 720 });
      const context = canvas.getContext('2d');
      let step = 0;
      setInterval(() => {
        context.fillStyle = `hsl(${step += 7} 60% 50%)`;
        context.fillRect(0, 0, 1280, 720);
      }, 100);
      return canvas.captureStream(10);
    };
  });
}

test('a muted microphone is silent, is marked, and comes back', async () => {
  const room = meeting.newRoom();
  const [ann, ben] = [await meeting.join(room, 'Ann'), await meeting.join(room, 'Ben')];
  await assertFlows([ben], 2);
  await ann.click('microphone');
  await ben.until(MUTED_TILE, 'mute mark on Ann', { argument: 'Ann' });
  await untilAlive(ben, ['camera']);
  await ben.screenshot('muted');
  await ann.click('microphone');
  await ben.until(OPEN_TILE, 'no mute mark on Ann', { argument: 'Ann' });
  await assertFlows([ben], 2);
});

test('a camera switched off shows the avatar, and its picture when it is on again', async () => {
  const room = meeting.newRoom();
  const [ann, ben] = [await meeting.join(room, 'Ann'), await meeting.join(room, 'Ben')];
  const picture = () => document.querySelector('.tile:not([data-self])')?.dataset.video === 'on';
  await ben.until(picture, 'Ann\'s picture');
  await ann.click('camera');
  await ben.until(() => document.querySelector('.tile:not([data-self])').dataset.video === undefined, 'Ann\'s avatar');
  assert.equal(await ann.evaluate(() => document.querySelector('.tile[data-self]').dataset.video), undefined);
  await ann.click('camera');
  await ben.until(picture, 'Ann\'s picture again');
  await assertFlows([ben], 2);
});

test('a shared screen is a third track, large beside the cameras, and goes when sharing ends', async () => {
  const room = meeting.newRoom();
  const ann = await meeting.join(room, 'Ann', { before: drawScreen });
  const ben = await meeting.join(room, 'Ben');
  await ben.untilTiles(2);
  await ann.click('share');
  await ben.until(() => document.querySelector('.tile[data-source="screen"]')?.dataset.video === 'on', 'Ann\'s screen');
  await assertFlows([ben], 3);
  const sizes = await ben.evaluate(() => [...document.querySelectorAll('.tile')].map((tile) => [tile.dataset.source, tile.clientWidth]));
  const screen = sizes.find(([source]) => source === 'screen')[1];
  for (const [source, width] of sizes) if (source === 'camera') assert.ok(screen > 2 * width, JSON.stringify(sizes));
  await ben.screenshot('screen-share');
  await ann.click('share');
  await Promise.all([ann.untilTiles(2), ben.untilTiles(2)]);
  await assertFlows([ben], 2);
});

test('a screen that is shared before somebody joins is seen by them', async () => {
  const room = meeting.newRoom();
  const ann = await meeting.join(room, 'Ann', { before: drawScreen });
  await ann.click('share');
  await ann.untilTiles(2);
  const late = await meeting.join(room, 'Late');
  await assertFlows([late], 3);
});

test('?audio=0&video=0 joins with both off; switching them on publishes them', async () => {
  const room = meeting.newRoom();
  const ann = await meeting.join(room, 'Ann', { query: '&audio=0&video=0' });
  const ben = await meeting.join(room, 'Ben');
  await ben.until(MUTED_TILE, 'mute mark on Ann', { argument: 'Ann' });
  assert.equal(await ann.evaluate(() => window.parley.publications.size), 0);
  await ann.click('microphone');
  await ann.click('camera');
  await assertFlows([ben], 2);
});

test('another camera goes out without a new offer', async () => {
  const room = meeting.newRoom();
  const [ann, ben] = [await meeting.join(room, 'Ann'), await meeting.join(room, 'Ben')];
  await assertFlows([ben], 2);
  const descriptions = await ann.evaluate(async () => {
    const before = window.parley.peerConnection.remoteDescription.sdp;
    const [publication] = [...window.parley.publications].filter(({ source }) => source === 'camera');
    const { track } = publication;
    const media = await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 480 } });
    await window.parley.replaceTrack(publication, media.getVideoTracks()[0]);
    track.stop();
    return [before, window.parley.peerConnection.remoteDescription.sdp];
  });
  await assertFlows([ben], 2);
  assert.equal(descriptions[0], descriptions[1]);
});

test('data reaches the others, ordered and unordered', async () => {
  const room = meeting.newRoom();
  const page = await meeting.open(`/${room}`);
  const received = await page.evaluate(async (name) => {
    const { Room } = await import('/assets/parley.js');
    const [one, two] = [new Room(), new Room()];
    await Promise.all([one.join({ room: name, name: 'One' }), two.join({ room: name, name: 'Two' })]);
    const messages = [];
    const both = new Promise((resolve) => two.addEventListener('data', ({ detail }) => {
      messages.push([typeof detail.data === 'string' ? detail.data : detail.data.byteLength, detail.ordered]);
      if (messages.length === 2) resolve(undefined);
    }));
    // A message reaches who is there. What comes from two says that the server has its channels.
    const heard = new Set();
    one.addEventListener('data', ({ detail }) => heard.add(detail.ordered));
    while (heard.size < 2) {
      await Promise.all([two.sendData('warm'), two.sendData('warm', { ordered: false })]);
      await new Promise((resolve) => { setTimeout(resolve, 100); });
    }
    await one.sendData('hello');
    await one.sendData(new Uint8Array(3000), { ordered: false });
    await both;
    one.leave();
    two.leave();
    return messages.sort();
  }, room);
  assert.deepEqual(received, [[3000, false], ['hello', true]]);
});
