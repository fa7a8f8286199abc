// Clients that break rules, against the server itself: each gets an error, silence or a close, and
// nobody else notices.
import assert from 'node:assert/strict';
import { Agent, request } from 'node:http';
import { after, afterEach, before, test } from 'node:test';
import { startServer } from '../e2e/lib/server.mjs';
import { Sockets, heard, settle, token } from './lib/applications.mjs';
import { RawEngine, expectError } from './lib/raw.mjs';

const ROOM = 'residents';
const TICKET = token({ sub: 'r', username: 'Resident' });
let server, sockets, residents;
before(async () => {
  server = await startServer();
  sockets = new Sockets(server.url);
  residents = await Promise.all(['4.x over WebSocket', '4.x over polling'].map((library) => sockets.connect(library, { auth: { token: TICKET } })));
  for (const resident of residents) {
    resident.emit('join room', ROOM);
    resident.emit('join-room', ROOM, resident.id);
    resident.emit('list');
    resident.emit('join_voice', { channelId: ROOM });
    await settle(resident);
  }
  await settle(...residents);
  for (const resident of residents) resident.heard.splice(0);
});
afterEach(async () => {
  // Whatever happened, they are served at once, and heard nothing of it.
  const [ann, bob] = residents;
  for (const resident of residents) assert.deepEqual(resident.heard.splice(0), []);
  const start = performance.now();
  ann.emit('signal', bob.id, ann.id, 'well?');
  assert.deepEqual(await heard(bob, 1), [['signal', bob.id, ann.id, 'well?']]);
  const took = performance.now() - start;
  assert.ok(took < 2_000, `a resident waited ${Math.round(took)} ms`);
});
after(async () => {
  sockets.closeAll();
  await server.stop();
});

const engine = () => new RawEngine(`${server.url}/socket.io/`);

/** A WebSocket that is in "/". */
async function joined(auth = '') {
  const socket = await engine().socket();
  await socket.next();
  socket.send(`40${auth}`);
  assert.match(await socket.nextButPing(), /^40\{"sid"/);
  return socket;
}

const JOINS = ['join room', 'join-room', 'join_voice', 'joinVoice', 'join_channel'];
const EVENTS = ['offer', 'answer', 'ice-candidate', 'signal', 'room_connect', 'leave_voice', 'leaveVoice', 'leave_channel', 'audio', 'no such event', '', 'toString', '__proto__', '$any'];
/** What is no name of a room. */
const NAMELESS = [null, true, '', 'x'.repeat(1_000), [], [[[]]], {}, { target: {} }, { channelId: [] }, { channel_id: '' }, Buffer.alloc(10)];
/** All that a client may put where something else belongs. The ids are the residents'. */
const values = () => [
  ...NAMELESS, 0, -1, 1e308, 'x', '__proto__', 'constructor', '\u0000', '\ud800', { target: residents[0].id },
  { channel_id: 'never joined', audio: Buffer.from('x') }, { audio: Buffer.from('x'), channel_id: ROOM }, { target: residents[1].id, candidate: { a: Buffer.from('y') } }, residents[0].id,
];

test('every event with every wrong argument, and events that there are not', async () => {
  const strangers = [await sockets.connect(), await sockets.connect('4.x over polling', { auth: { token: token({ sub: 'x', username: 'x' }) } }), await sockets.connect('2.5, upgrading')];
  const [ann, bob] = residents;
  for (const stranger of strangers) {
    for (const event of JOINS) {
      for (const first of NAMELESS) {
        stranger.emit(event, first);
        stranger.emit(event, first, ROOM);
      }
      stranger.emit(event);
    }
    stranger.emit('join-room', ROOM, null);
    for (const event of EVENTS) {
      for (const first of values()) {
        stranger.emit(event, first);
        stranger.emit(event, first, ann.id, first);
        stranger.emit(event, bob.id, first, { sdp: 'x' });
      }
      stranger.emit(event);
      await settle(stranger);
    }
    assert.ok(stranger.connected);
    stranger.close();
  }
  await settle(...residents);
});

test('packets that break the protocol close their connection', async () => {
  const bad = [
    '42', '42{}', '42[]', '42"x"', '42[', '4', '49["x"]', '42/nowhere,["list"]', '45["x"]', '45-["x"]', '451-', '4599999-["audio"]', '451-["audio"]',
    '451-["audio",{"_placeholder":true,"num":1}]', '451-["audio",{"_placeholder":true,"num":-1}]', '42["audio",{"_placeholder":true,"num":0}]', 'x', '4\u0000',
  ];
  for (const packet of bad) {
    const socket = await joined();
    socket.send(packet);
    // Those that wait for binary get text instead, and what claims binary without any gets some.
    socket.send('42["x"]');
    socket.send(Buffer.from('surplus'));
    await socket.untilClosed().catch(() => assert.fail(`${JSON.stringify(packet)} was let pass`));
  }
});

test('fewer attachments than were promised: nothing is relayed', async () => {
  const socket = await joined(JSON.stringify({ token: token({ sub: 'x', username: 'x' }) }));
  socket.send(`42["join_voice",{"channelId":"alone"}]`);
  assert.match(await socket.nextButPing(), /usermove/);
  await Promise.all(residents.map((resident) => heard(resident, 1)));
  socket.send(`452-["audio",{"audio":{"_placeholder":true,"num":0},"channel_id":"alone"}]`);
  socket.send(Buffer.from('the first'));
  socket.close();
  await Promise.all(residents.map((resident) => heard(resident, 1)));
});

test('what is too long is refused', async () => {
  const session = engine();
  await session.open();
  await session.post('40');
  assert.equal((await session.post(`42["signal","${'x'.repeat(1_000_000)}"]`)).status, 413);
  const socket = await joined();
  socket.send(Buffer.alloc(1_000_001));
  assert.equal(await socket.untilClosed(), 1009);
});

test('unknown sids, and a second poll', async () => {
  const stranger = engine();
  for (const sid of ['nobody', residents[0].id, '../..', 'x'.repeat(4_000)]) {
    stranger.sid = sid;
    await expectError(await stranger.poll(), 1);
    await expectError(await stranger.post('41'), 1);
  }
  const session = engine();
  await session.open();
  await session.post('40');
  assert.match(await session.pollText(), /^40.*42\["error",\{"code":400/s);
  const first = session.poll();
  await settle(residents[0]);
  await expectError(await session.poll(), 3);
  assert.equal(await (await first).text(), '1');
  await expectError(await session.poll(), 1);
});

test('10,000 sessions that are opened and left keep nobody out', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 20 });
  const url = engine().address();
  const get = () => new Promise((resolve, reject) => {
    request(url, { agent }, (response) => response.resume().on('end', () => resolve(response.statusCode))).on('error', reject).end();
  });
  const counts = { 200: 0, 503: 0 };
  await Promise.all(Array.from({ length: 20 }, async () => { for (let i = 0; i < 500; ++i) ++counts[await get()]; }));
  agent.destroy();
  assert.equal(counts[200] + counts[503], 10_000);
  for (const library of ['4.x over WebSocket', '4.x over polling', '2.5, upgrading']) (await sockets.connect(library)).close();
  assert.equal((await fetch(`${server.url}/healthz`)).status, 200);
});

test('floods of events are cut down to a rate', async () => {
  const flooder = await sockets.connect('4.x over WebSocket', { auth: { token: token({ sub: 'f', username: 'f' }) } });
  flooder.emit('room_connect', 'flood');
  const partner = await sockets.connect('4.x over WebSocket');
  partner.emit('room_connect', 'flood');
  await settle(partner, flooder);
  for (let i = 0; i < 10_000; ++i) flooder.emit('signal', partner.id, flooder.id, i);
  for (let i = 0; i < 200; ++i) {
    flooder.emit('join_voice', { channelId: 'flap' });
    flooder.emit('leave_voice', { channelId: 'flap' });
  }
  await new Promise((resolve) => { flooder.emit('join room', null, resolve); });
  await settle(partner, ...residents);
  const relayed = partner.heard.filter(([event]) => event === 'signal').length;
  assert.ok(relayed >= 1_000 && relayed < 8_000, `${relayed} of 10000 were relayed`);
  for (const resident of residents) {
    const moves = resident.heard.splice(0).length;
    assert.ok(moves >= 10 && moves < 200, `${moves} of 400 moves were told`);
  }
  flooder.close();
  await settle(...residents);
  for (const resident of residents) resident.heard.splice(0);
});
