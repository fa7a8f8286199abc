import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Signaling, CLOSE_LEAVING, CLOSE_LOST } from '../../../web/client/signaling.js';
import { FakeClock, settle } from '../fakes/clock.mjs';
import { FakeWebSocket } from '../fakes/websocket.mjs';

let clock;
let events;
let closes;
beforeEach(() => {
  FakeWebSocket.install();
  clock = new FakeClock();
  events = [];
  closes = [];
});
const open = () => Signaling.open('ws://server/ws', { clock, onEvent: (e) => events.push(e), onClose: (c) => closes.push(c) });

test('speaks the subprotocol parley.v1', async () => {
  await open();
  assert.equal(FakeWebSocket.last.protocol, 'parley.v1');
});

test('a server that cannot be reached rejects with connection_failed', async () => {
  FakeWebSocket.reachable = false;
  await assert.rejects(open(), { code: 'connection_failed' });
  assert.equal(clock.waiting, 0);
});

test('a server that never answers the handshake is given up after five seconds', async () => {
  const opening = open();
  FakeWebSocket.last.onopen = null;
  const outcome = assert.rejects(opening, { code: 'connection_failed' });
  await clock.advance(5_000);
  await outcome;
});

test('each reply goes to its own request, in any order', async () => {
  const signaling = await open();
  const first = signaling.request('chat', { text: 'one' });
  const second = signaling.request('chat', { text: 'two' });
  const [one, two] = FakeWebSocket.last.sent;
  await FakeWebSocket.last.event({ id: two.id, type: 'ok', message: 'm2' });
  await FakeWebSocket.last.event({ id: one.id, type: 'ok', message: 'm1' });
  assert.equal((await first).message, 'm1');
  assert.equal((await second).message, 'm2');
});

test('an error reply rejects with the code and the words of the server', async () => {
  const signaling = await open();
  const request = signaling.request('chat', { text: '' });
  await Promise.all([assert.rejects(request, { code: 'empty_message', message: 'refused: empty_message' }), FakeWebSocket.last.refuse('chat', 'empty_message')]);
});

test('a request that is never answered times out after ten seconds', async () => {
  const signaling = await open();
  const outcome = assert.rejects(signaling.request('chat', { text: 'hello' }), { code: 'timeout' });
  await clock.advance(4_000);
  await FakeWebSocket.last.event({ type: 'chat' });
  await clock.advance(6_000);
  await outcome;
});

test('events reach their handler, broken JSON and unknown replies do not', async () => {
  await open();
  FakeWebSocket.last.onmessage({ data: '{"type":' });
  await FakeWebSocket.last.event({ id: 99, type: 'ok' });
  await FakeWebSocket.last.event({ type: 'participant-left', participant: 'ben' });
  assert.deepEqual(events, [{ type: 'participant-left', participant: 'ben' }]);
});

test('pings every five seconds, and an answered ping keeps the connection', async () => {
  await open();
  for (let second = 0; second < 60; second += 5) {
    await clock.advance(5_000);
    await FakeWebSocket.last.reply('ping');
  }
  assert.equal(FakeWebSocket.last.requests('ping').length, 12);
  assert.deepEqual(closes, []);
});

test('silence is a lost connection ten seconds after the first unanswered ping', async () => {
  const signaling = await open();
  const outcome = assert.rejects(signaling.request('chat', { text: 'x' }), { code: /timeout|connection_lost/ });
  await clock.advance(14_900);
  assert.deepEqual(closes, []);
  await clock.advance(200);
  assert.deepEqual(closes, [{ code: CLOSE_LOST, reason: 'silence' }]);
  assert.equal(FakeWebSocket.last.closedWith, CLOSE_LOST);
  await outcome;
  assert.equal(clock.waiting, 0);
});

test('a dropped connection rejects what was asked and is reported once', async () => {
  const signaling = await open();
  const outcome = assert.rejects(signaling.request('chat', { text: 'x' }), { code: 'connection_lost' });
  await FakeWebSocket.last.drop(1006);
  await outcome;
  await FakeWebSocket.last.drop(1006);
  assert.deepEqual(closes, [{ code: 1006, reason: '' }]);
  await assert.rejects(signaling.request('ping'), { code: 'connection_lost' });
  assert.equal(clock.waiting, 0);
});

test('closing by ourselves is not reported', async () => {
  const signaling = await open();
  signaling.tell('leave');
  signaling.close(CLOSE_LEAVING);
  await settle();
  assert.equal(FakeWebSocket.last.requests('leave').length, 1);
  assert.equal(FakeWebSocket.last.closedWith, 1000);
  assert.deepEqual(closes, []);
});
