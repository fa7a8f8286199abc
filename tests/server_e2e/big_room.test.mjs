import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startServer } from '../e2e/lib/server.mjs';
import { SilentPublisher } from './lib/publisher.mjs';
import { RawSocket } from './lib/raw_socket.mjs';

const PUBLISHERS = 99;

let server;
const publishers = [];
before(async () => {
  server = await startServer();
  for (let i = 0; i < PUBLISHERS - 1; ++i) publishers.push(await SilentPublisher.join(server.url, 'big', { data: false }));
}, { timeout: 120_000 });
after(() => server.stop());

/** The hundredth comes, takes its first offer and answers it; the slot of each kind are counted by mid. */
async function listener(options) {
  const last = await SilentPublisher.join(server.url, 'big', { sources: [], subscribe: 'all', ...options });
  const kinds = last.joined.participants.flatMap(({ tracks }) => tracks).reduce((all, { id, kind }) => all.set(id, kind), new Map());
  return { last, kinds };
}

const count = (slots, kinds, kind) => slots.filter(({ track }) => kinds.get(track) === kind).length;

test('the hundredth in a room of publishers gets them all where its browser copes', async () => {
  publishers.push(await SilentPublisher.join(server.url, 'big', { data: false }));
  const { last, kinds } = await listener({ mediaLines: 255 });
  assert.equal(last.joined.participants.length, PUBLISHERS);
  assert.equal(count(last.slots, kinds, 'audio'), PUBLISHERS);
  assert.equal(count(last.slots, kinds, 'video'), PUBLISHERS);
  console.log(`offer of ${last.offer.sdp.length} bytes`);
  assert.equal((await last.socket.request({ id: 'well', type: 'ping' })).type, 'ok');

  const full = await RawSocket.open(server.url);
  const refused = await full.request({ id: 1, type: 'join', room: 'big', name: 'One too many' });
  assert.equal(refused.error.code, 'room_full');
  full.destroy();
  await last.socket.close();
});

test('a browser of 127 m-lines hears all and sees some; others come when those leave, and a screen at once', async () => {
  const leaving = publishers.splice(0, 1)[0];
  await leaving.socket.close();
  const { last, kinds } = await listener({});
  assert.equal(count(last.slots, kinds, 'audio'), PUBLISHERS - 1);
  assert.equal(count(last.slots, kinds, 'video'), 19);
  assert.ok(last.offer.sdp.match(/^m=/gm).length <= 127);

  // Somebody who is seen goes: somebody else takes the m-line, without an offer.
  const version = last.offer.version;
  const seen = publishers.find(({ joined }) => last.slots.some(({ participant, track }) => participant === joined.participant && kinds.get(track) === 'video'));
  await seen.socket.close();
  publishers.splice(publishers.indexOf(seen), 1);
  await last.answerNext();
  assert.equal(count(last.slots, kinds, 'video'), 19);
  assert.ok(!last.slots.some(({ participant }) => participant === seen.joined.participant));
  assert.equal(last.offer.version, version);

  // A screen takes the m-line of a camera.
  publishers[0].socket.text({ id: 'screen', type: 'publish', source: 'screen' });
  await publishers[0].negotiate(3);
  const { track } = await last.socket.find(({ type }) => type === 'track-added');
  await last.answerNext();
  assert.ok(last.slots.some((slot) => slot.track === track.id), 'the screen has a slot');
  assert.equal(count(last.slots, kinds, 'video'), 18);
  await last.socket.close();
}, { timeout: 60_000 });
