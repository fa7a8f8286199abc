import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { Meeting } from './lib/meeting.mjs';

let meeting;
before(async () => { meeting = await Meeting.start(); });
afterEach(() => meeting.leaveAll());
after(() => meeting.close());

const texts = (client) => client.evaluate(() => [...document.querySelectorAll('[data-testid="message"] p')].map(({ textContent }) => textContent));
const has = (count) => [(wanted) => document.querySelectorAll('[data-testid="message"]').length === wanted, `${count} messages`, { argument: count }];

async function write(client, text) {
  await client.page.fill('[data-testid="chat-text"]', text);
  await client.page.press('[data-testid="chat-text"]', 'Enter');
}

test('what one writes, all read: at once, as unread, and later as history', async () => {
  const room = meeting.newRoom();
  const [ann, ben] = [await meeting.join(room, 'Ann'), await meeting.join(room, 'Ben')];
  await ann.click('open-chat');
  await write(ann, 'Hello Ben, see https://example.org');
  await ann.until(...has(1));
  await ben.until(() => document.querySelector('[data-testid="unread"]').textContent === '1', 'an unread mark');
  await ben.click('open-chat');
  assert.deepEqual(await texts(ben), ['Hello Ben, see https://example.org']);
  assert.equal(await ben.evaluate(() => document.querySelector('[data-testid="unread"]').hidden), true);
  assert.equal(await ben.evaluate(() => document.querySelector('.message a').href), 'https://example.org/');
  await write(ben, '<b>Hello</b> Ann');
  await ann.until(...has(2));
  const late = await meeting.join(room, 'Late');
  await late.click('open-chat');
  await late.until(...has(2));
  assert.deepEqual(await texts(late), ['Hello Ben, see https://example.org', '<b>Hello</b> Ann']);
  await ann.screenshot('chat');
});

test('a message that is too long is refused in words and kept to be mended', async () => {
  const ann = await meeting.join(meeting.newRoom(), 'Ann');
  await ann.click('open-chat');
  await ann.evaluate(() => {
    document.querySelector('[data-testid="chat-text"]').removeAttribute('maxlength');
  });
  await write(ann, 'x'.repeat(4001));
  await ann.until(() => /too long/.test(document.querySelector('#chat-error').textContent), 'words about the length');
  assert.equal(await ann.evaluate(() => document.querySelector('[data-testid="chat-text"]').value.length), 4001);
});
