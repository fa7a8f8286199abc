import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { Meeting } from './lib/meeting.mjs';

let meeting;
before(async () => { meeting = await Meeting.start(); });
afterEach(() => meeting.leaveAll());
after(() => meeting.close());

const PHONE = { width: 360, height: 740, touch: true };

/** What sticks out of the window, or cannot be read or reached. */
async function misplaced() {
  await Promise.all(document.getAnimations().map(({ finished }) => finished.catch(() => {})));
  const bad = [];
  if (document.documentElement.scrollWidth > innerWidth) bad.push(`page is ${document.documentElement.scrollWidth} px wide`);
  for (const element of document.querySelectorAll('button, input, select, textarea, .tile:not([data-offstage])')) {
    if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: false })) continue;
    const { left, right, width, height } = element.getBoundingClientRect();
    const name = element.getAttribute('aria-label') ?? element.textContent.trim();
    if (left < -1 || right > innerWidth + 1) bad.push(`${name} sticks out: ${left} to ${right}`);
    if (element.tagName === 'BUTTON' && (width < 32 || height < 32) && !element.classList.contains('inline')) bad.push(`${name} is ${width}x${height}`);
  }
  return bad;
}

/** Whatever one can operate has a name that a screen reader can say. */
function unnamed() {
  return [...document.querySelectorAll('button, input, select, textarea, a[href]')]
    .filter((element) => element.checkVisibility())
    .filter((element) => !(element.getAttribute('aria-label') ?? '') && !element.textContent.trim() && !element.labels?.[0]?.textContent.trim())
    .map((element) => element.outerHTML.slice(0, 100));
}

test('the root sends one to a room of one\'s own', async () => {
  const visitor = await meeting.open('/');
  const { pathname } = new URL(visitor.page.url());
  assert.match(pathname, /^\/[A-Za-z0-9_-]{1,64}$/);
});

test('through the lobby: preview, a name that is asked for, and into the meeting', async () => {
  const room = meeting.newRoom();
  const visitor = await meeting.open(`/${room}`);
  await visitor.until(() => document.querySelector('#preview-video').videoWidth > 0, 'a camera preview');
  await visitor.until(() => Number(document.querySelector('#lobby-meter').getAttribute('aria-valuenow')) > 0, 'a level of the microphone');
  await visitor.click('join');
  assert.match(await visitor.evaluate(() => document.querySelector('#lobby-name-error').textContent), /name/);
  await visitor.page.fill('[data-testid="name"]', 'Ann');
  await visitor.screenshot('lobby');
  await visitor.page.keyboard.press('Enter');
  await visitor.until(() => window.parley.state === 'joined', 'joined');
  assert.deepEqual(await visitor.tiles(), ['Ann (you)']);
  await visitor.page.reload();
  assert.equal(await visitor.evaluate(() => document.querySelector('[data-testid="name"]').value), 'Ann');
});

test('at phone width everything is inside the window and large enough to touch', async () => {
  const room = meeting.newRoom();
  const lobby = await meeting.open(`/${room}`, PHONE);
  assert.deepEqual(await lobby.evaluate(misplaced), []);
  await lobby.screenshot('phone-lobby');
  await meeting.join(room, 'A very long name that would not fit on any phone at all');
  const ann = await meeting.join(room, 'Ann', PHONE);
  await ann.untilTiles(2);
  await ann.until(() => document.querySelectorAll('.tile[data-video="on"]').length === 2, 'two pictures');
  assert.deepEqual(await ann.evaluate(misplaced), []);
  await ann.screenshot('phone-meeting');
  await ann.click('open-chat');
  assert.deepEqual(await ann.evaluate(misplaced), []);
  await ann.screenshot('phone-chat');
});

test('everything has a name for screen readers', async () => {
  const room = meeting.newRoom();
  const lobby = await meeting.open(`/${room}`);
  assert.deepEqual(await lobby.evaluate(unnamed), []);
  const ann = await meeting.join(room, 'Ann');
  for (const panel of ['open-chat', 'open-people']) {
    await ann.click(panel);
    assert.deepEqual(await ann.evaluate(unnamed), []);
  }
  await ann.screenshot('people');
});

test('the keyboard is enough: m, v, c, p and Escape', async () => {
  const ann = await meeting.join(meeting.newRoom(), 'Ann', { dark: true });
  const label = (testId) => ann.evaluate((id) => document.querySelector(`[data-testid="${id}"]`).getAttribute('aria-label'), testId);
  await ann.until(() => window.parley.publications.size === 2, 'two publications');
  await ann.page.keyboard.press('m');
  await ann.until(() => document.querySelector('[data-testid="microphone"]').getAttribute('aria-label') === 'Unmute microphone', 'muted');
  await ann.page.keyboard.press('v');
  await ann.until(() => document.querySelector('[data-testid="camera"]').getAttribute('aria-label') === 'Turn camera on', 'camera off');
  await ann.page.keyboard.press('c');
  await ann.page.keyboard.type('movie');
  assert.equal(await ann.evaluate(() => document.activeElement.value), 'movie');
  assert.equal(await label('microphone'), 'Unmute microphone');
  await ann.page.keyboard.press('Escape');
  assert.equal(await ann.evaluate(() => document.querySelector('[data-testid="chat"]').hidden), true);
  assert.equal(await ann.evaluate(() => document.activeElement.dataset.testid), 'open-chat');
  await ann.page.keyboard.press('p');
  assert.equal(await ann.evaluate(() => document.querySelector('[data-testid="people"]').hidden), false);
  await ann.screenshot('dark');
});

test('joins and leaves are said to screen readers', async () => {
  const room = meeting.newRoom();
  const ann = await meeting.join(room, 'Ann');
  assert.equal(await ann.evaluate(() => document.querySelector('[data-testid="toasts"]').getAttribute('role')), 'status');
  const ben = await meeting.join(room, 'Ben');
  await ann.until(() => /Ben joined/.test(document.querySelector('[data-testid="toasts"]').textContent), 'that Ben joined');
  await ben.click('leave');
  await ann.until(() => /Ben left/.test(document.querySelector('[data-testid="toasts"]').textContent), 'that Ben left');
});

test('the link is copied without anybody\'s name', async () => {
  const room = meeting.newRoom();
  const ann = await meeting.join(room, 'Ann');
  await ann.click('copy-link');
  await ann.until(() => /Link copied|The link to this room/.test(document.querySelector('[data-testid="toasts"]').textContent), 'a word about the link');
  assert.equal(await ann.evaluate(() => navigator.clipboard.readText()), `${meeting.url}/${room}`);
});

test('the quality of the connection is shown in words', async () => {
  const room = meeting.newRoom();
  const ann = await meeting.join(room, 'Ann');
  await meeting.join(room, 'Ben');
  await ann.until(() => ['good', 'fair'].includes(document.querySelector('[data-testid="connection"]').dataset.quality), 'a quality');
  assert.match(await ann.evaluate(() => document.querySelector('[data-testid="connection"]').title), /Round trip: \d+ ms/);
});
