import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { assertFlows } from './lib/flows.mjs';
import { Meeting } from './lib/meeting.mjs';

let meeting;
before(async () => { meeting = await Meeting.start(); });
afterEach(() => meeting.leaveAll());
after(() => meeting.close());

test('three in Chromium see and hear each other: 12 of 12 flows', async () => {
  const room = meeting.newRoom();
  const clients = [];
  for (const name of ['Ann', 'Ben', 'Cleo']) clients.push(await meeting.join(room, name));
  await Promise.all(clients.map((client) => client.untilTiles(3)));
  assert.equal(await assertFlows(clients, 4), 12);
  await clients[0].until(() => document.querySelectorAll('.tile[data-video="on"]').length === 3, 'three pictures');
  await clients[0].screenshot('three-in-chromium');
});

test('Chromium and Firefox see and hear each other: 4 of 4 flows', async () => {
  const room = meeting.newRoom();
  const ann = await meeting.join(room, 'Ann');
  const fox = await meeting.join(room, 'Fox', { browser: await meeting.firefox() });
  await Promise.all([ann.untilTiles(2), fox.untilTiles(2)]);
  assert.equal(await assertFlows([ann, fox], 2), 4);
  await ann.screenshot('chromium-with-firefox');
  await fox.screenshot('firefox-with-chromium');
});

test('who joins late sees and hears everyone', async () => {
  const room = meeting.newRoom();
  const [ann, ben] = [await meeting.join(room, 'Ann'), await meeting.join(room, 'Ben')];
  await assertFlows([ann, ben], 2);
  const late = await meeting.join(room, 'Late');
  await assertFlows([late], 4);
  await assertFlows([ann, ben], 4);
  assert.deepEqual((await late.tiles()).sort(), ['Ann', 'Ben', 'Late (you)']);
});

test('whoever leaves takes their tile along, and the others go on', async () => {
  const room = meeting.newRoom();
  const [ann, ben, cleo] = [await meeting.join(room, 'Ann'), await meeting.join(room, 'Ben'), await meeting.join(room, 'Cleo')];
  await ann.untilTiles(3);
  await cleo.click('leave');
  await Promise.all([ann.untilTiles(2), ben.untilTiles(2)]);
  assert.equal(await cleo.evaluate(() => document.querySelector('#ended-title').textContent), 'You left the meeting');
  await assertFlows([ann, ben], 2);
});

test('the host mark passes on when the host leaves', async () => {
  const room = meeting.newRoom();
  const [ann, ben] = [await meeting.join(room, 'Ann'), await meeting.join(room, 'Ben')];
  await ben.until(() => [...window.parley.participants.values()][0]?.host === true, 'Ann is host');
  await ann.click('leave');
  await ben.until(() => window.parley.host && document.querySelector('.tile[data-self][data-host]'), 'Ben is host');
});

test('joining without camera and microphone still sees and hears the others', async () => {
  const room = meeting.newRoom();
  const ann = await meeting.join(room, 'Ann');
  const guest = await meeting.join(room, 'Guest', {
    before: (page) => page.addInitScript(() => {
      navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('denied', 'NotAllowedError'); };
    }),
  });
  assert.match(await guest.evaluate(() => document.querySelector('[data-testid="toasts"]').textContent), /access is blocked/);
  await guest.until(() => document.querySelector('.tile:not([data-self])')?.dataset.video === 'on', 'a picture');
  // Whether a page that captures nothing may sound depends on when it first counted as touched.
  await guest.evaluate(() => document.querySelector('[data-testid="banner"] button')?.click());
  await assertFlows([guest], 2);
  assert.deepEqual((await ann.tiles()).sort(), ['Ann (you)', 'Guest']);
});

/**
 * A page that a test drives counts as touched by its user; this does what browsers do to an untouched
 * one. Its devices open as late as those of a user who has to allow them first.
 */
function untouched(page) {
  return page.addInitScript(() => {
    let allowed = false;
    addEventListener('click', () => { allowed = true; }, true);
    const { play } = HTMLMediaElement.prototype;
    HTMLMediaElement.prototype.play = function guarded() {
      return allowed || this.muted ? play.call(this) : Promise.reject(new DOMException('not touched', 'NotAllowedError'));
    };
    const getUserMedia = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (constraints) => {
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      const stream = await getUserMedia(constraints);
      allowed = true;
      return stream;
    };
  });
}

test('sound that the browser holds back comes by itself once the page captures', async () => {
  const room = meeting.newRoom();
  await meeting.join(room, 'Ann');
  const ben = await meeting.join(room, 'Ben', { before: untouched });
  await ben.until(() => document.querySelector('[data-testid="banner"] button')?.textContent === 'Click to hear', 'the button to hear');
  await ben.until(() => document.querySelector('[data-testid="banner"]').hidden, 'no button to hear');
  await assertFlows([ben], 2);
});

test('where the browser holds the sound back, the picture plays and a click brings the sound', async () => {
  const room = meeting.newRoom();
  await meeting.join(room, 'Ann');
  const guest = await meeting.join(room, 'Guest', { query: '&audio=0&video=0', before: untouched });
  const sound = () => document.querySelector('.tile:not([data-self]) video')?.muted === false;
  await guest.until(() => document.querySelector('[data-testid="banner"] button')?.textContent === 'Click to hear', 'the button to hear');
  await guest.until(() => document.querySelector('.tile:not([data-self])')?.dataset.video === 'on', 'a picture all the same');
  assert.equal(await guest.evaluate(sound), false);
  await guest.page.click('[data-testid="banner"] button');
  assert.equal(await guest.evaluate(sound), true);
  assert.equal(await guest.evaluate(() => document.querySelector('[data-testid="banner"]').hidden), true);
  await assertFlows([guest], 2);
});
