// What the Socket.IO protocol asks of a server, by hand: https://github.com/socketio/socket.io-protocol
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startEcho } from './lib/echo.mjs';
import { RawEngine } from './lib/raw.mjs';

let server;
before(async () => {
  server = await startEcho({ 'ping-interval': 300, 'ping-timeout': 200, 'connect-timeout': 1_000 });
});
after(() => server.stop());

/** A WebSocket past Engine.IO's handshake. It is closed when the test ends well. */
async function opened() {
  const socket = await new RawEngine(server.url).socket();
  await socket.next();
  return socket;
}
/** And in the default namespace. */
async function connected() {
  const socket = await opened();
  socket.send('40');
  await socket.nextButPing();
  await socket.nextButPing();
  return socket;
}

describe('connect', () => {
  const cases = [
    ['to the default namespace', '40', '40', '42["auth",{}]'],
    ['with auth', '40{"token":"123"}', '40', '42["auth",{"token":"123"}]'],
    ['to another namespace', '40/custom,', '40/custom,', '42/custom,["auth",{}]'],
    ['to another namespace without a comma', '40/custom', '40/custom,', '42/custom,["auth",{}]'],
    ['to another namespace with auth', '40/custom,{"token":"abc"}', '40/custom,', '42/custom,["auth",{"token":"abc"}]'],
  ];
  for (const [name, sent, begin, auth] of cases)
    test(name, async () => {
      const socket = await new RawEngine(server.url).socket();
      const engine = JSON.parse((await socket.next()).slice(1));
      socket.send(sent);
      const reply = await socket.next();
      assert.ok(reply.startsWith(begin));
      const handshake = JSON.parse(reply.slice(begin.length));
      assert.deepEqual(Object.keys(handshake), ['sid']);
      assert.notEqual(handshake.sid, engine.sid);
      assert.equal(await socket.next(), auth);
      socket.close();
    });

  test('to a namespace that there is not', async () => {
    const socket = await opened();
    socket.send('40/random');
    assert.equal(await socket.next(), '44/random,{"message":"Invalid namespace"}');
    socket.close();
  });

  test('not in time', async () => {
    const socket = await opened();
    const start = Date.now();
    const pong = setInterval(() => socket.messages.splice(0).includes('2') && socket.send('3'), 20);
    await socket.untilClosed();
    clearInterval(pong);
    assert.ok(Date.now() - start >= 900, 'closed before its time');
  });

  test('clients of version 3 are connected with the handshake', async () => {
    const session = new RawEngine(server.url, 3);
    const { text } = await session.open();
    assert.match(text, /\}2:40$/);
    assert.equal(await session.pollText(), '13:42["auth",{}]');
  });
});

describe('messages', () => {
  const cases = [
    ['text', ['42["message",1,"2",{"3":[true]}]'], ['42["message-back",1,"2",{"3":[true]}]']],
    ['no arguments', ['42["message"]'], ['42["message-back"]']],
    ['odd texts', ['42["message","\\u0000\\u001f\\ud83d\\ude00\\"",1e3,-0.5,null]'], ['42["message-back","\\u0000\\u001f\u{1f600}\\"",1000,-0.5,null]']],
    ['with an ack', ['42456["message-with-ack",1,"2",{"3":[false]}]'], ['43456[1,"2",{"3":[false]}]']],
    [
      'with attachments',
      ['452-["message",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]', Buffer.from([1, 2, 3]), Buffer.from([4, 5, 6])],
      ['452-["message-back",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]', Buffer.from([1, 2, 3]), Buffer.from([4, 5, 6])],
    ],
    [
      'with attachments and an ack',
      ['452-789["message-with-ack",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]', Buffer.from([1, 2, 3]), Buffer.from([4, 5, 6])],
      ['462-789[{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]', Buffer.from([1, 2, 3]), Buffer.from([4, 5, 6])],
    ],
  ];
  for (const [name, sent, back] of cases)
    test(name, async () => {
      const socket = await connected();
      for (const data of sent) socket.send(data);
      for (const data of back) assert.deepEqual(await socket.nextButPing(), data);
      socket.close();
    });

  test('many values', async () => {
    const socket = await connected();
    const values = JSON.stringify(Array.from({ length: 50_000 }, (_, i) => i));
    socket.send(`42["message",${values}]`);
    assert.equal(await socket.nextButPing(), `42["message-back",${values}]`);
    socket.close();
  });

  const breaches = [
    ['an unknown type', ['4abc']], ['a payload that is no array', ['42{}']], ['no payload', ['42']], ['a bad id', ['42abc["message-with-ack",1]']],
    ['a namespace not joined', ['42/custom,["message"]']], ['a second connect', ['40']], ['a reserved name', ['42["disconnect"]']],
    ['attachments that are not announced', [Buffer.from([1])]], ['text instead of an attachment', ['451-["message",{"_placeholder":true,"num":0}]', '42["message"]']],
    ['a placeholder that names nothing', ['451-["message",{"_placeholder":true,"num":1}]', Buffer.from([1])]],
    ['attachments without number', ['45-["message"]']], ['a million attachments', ['451000000-["message"]']],
    ['deep nesting', [`42["message",${'['.repeat(10_000)}${']'.repeat(10_000)}]`]],
    ['a connect whose auth is no object', ['40/custom,[]']], ['an error', ['44{"message":"x"}']],
  ];
  for (const [name, sent] of breaches)
    test(`${name} closes the connection`, async () => {
      const socket = await connected();
      for (const data of sent) socket.send(data);
      await socket.untilClosed();
    });
});

describe('disconnect', () => {
  test('from the default namespace', async () => {
    const socket = await connected();
    socket.send('41');
    assert.equal(await socket.next(), '2');
    socket.close();
  });

  test('from one of two namespaces', async () => {
    const socket = await connected();
    socket.send('40/custom');
    await socket.nextButPing();
    await socket.nextButPing();
    socket.send('41/custom');
    socket.send('42["message","still here"]');
    assert.equal(await socket.nextButPing(), '42["message-back","still here"]');
    socket.close();
  });
});

/** The next `count` packets by polling, however many come at once; heartbeats are answered. */
async function polled(session, count) {
  const packets = [];
  while (packets.length < count)
    for (const packet of (await session.pollText()).split('\x1e')) {
      if (packet === '2') await session.post('3');
      else packets.push(packet);
    }
  return packets;
}

test('by polling, with attachments as base64', async () => {
  const session = new RawEngine(server.url);
  await session.open();
  await session.post('40');
  const [welcome, auth] = await polled(session, 2);
  assert.match(welcome, /^40\{"sid":/);
  assert.equal(auth, '42["auth",{}]');
  await session.post('451-["message",{"_placeholder":true,"num":0}]\x1ebAQID');
  assert.deepEqual(await polled(session, 2), ['451-["message-back",{"_placeholder":true,"num":0}]', 'bAQID']);
});
