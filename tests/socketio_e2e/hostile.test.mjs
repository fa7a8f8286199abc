// Clients that break rules, in numbers: each gets an error or a close, and nobody else notices.
import assert from 'node:assert/strict';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { after, afterEach, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { io } from 'socket.io-client';
import { startEcho } from './lib/echo.mjs';
import { RawEngine, RawSocket, expectError, next, within } from './lib/raw.mjs';

let server;
let residents;
before(async () => {
  server = await startEcho({ 'max-payload': 100_000 });
  residents = [['polling'], ['websocket']].map((transports) => io(server.origin, { transports, forceNew: true, reconnection: false }));
  await Promise.all(residents.map((socket) => next(socket, 'connect')));
});
afterEach(residentsAreWell);
after(async () => {
  for (const socket of residents) socket.close();
  await server.stop();
});

/** Whatever happened, others are served, and at once. */
async function residentsAreWell() {
  for (const socket of residents) {
    const start = performance.now();
    assert.equal(await within(socket.emitWithAck('message-with-ack', 'well?'), 'a resident'), 'well?');
    const took = performance.now() - start;
    assert.ok(took < 2_000, `a resident waited ${Math.round(took)} ms`);
  }
}

async function opened() {
  const session = new RawEngine(server.url);
  await session.open();
  return session;
}

/** One request on a connection that may be used again; resolves to its status and body. */
function get(url, agent) {
  return new Promise((resolve, reject) => {
    request(url, { agent }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (data) => { body += data; }).on('end', () => resolve({ status: response.statusCode, body }));
    }).on('error', reject).end();
  });
}

test('10,000 sessions that are opened and left', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 20 });
  const url = new RawEngine(server.url).address();
  const sids = [];
  let refused = 0;
  await Promise.all(Array.from({ length: 20 }, async () => {
    for (let i = 0; i < 500; ++i) {
      const { status, body } = await get(url, agent);
      if (status === 200) sids.push(JSON.parse(body.slice(1)).sid);
      else if (status === 503) ++refused;
      else assert.fail(`status ${status}: ${body}`);
    }
  }));
  agent.destroy();
  assert.equal(sids.length + refused, 10_000);
  await residentsAreWell();
  // Of those that never went on the oldest are gone, and real clients still get in.
  const oldest = new RawEngine(server.url);
  [oldest.sid] = sids;
  await expectError(await oldest.poll(), 1);
  const late = io(server.origin, { forceNew: true });
  await next(late, 'connect');
  late.close();
});

test('300 WebSockets that join nothing', async () => {
  const sockets = await Promise.all(Array.from({ length: 300 }, () => new RawEngine(server.url).socket()));
  await residentsAreWell();
  await Promise.all(sockets.map((socket) => {
    socket.send('4abc');
    return socket.untilClosed();
  }));
});

test('requests with all kinds of nonsense', async () => {
  const session = await opened();
  const address = (query) => `${server.url}?${query}`;
  const nonsense = [
    '', 'EIO=4', `EIO=4&transport=${'x'.repeat(5_000)}`, 'EIO=4&transport=polling&sid=../../etc/passwd',
    `EIO=4&transport=polling&sid=${'a'.repeat(4_000)}`, 'EIO=4&transport=polling&sid=__proto__', '%E4%ff', '&&&==&', 'EIO=4&EIO=3&transport=polling&transport=abc',
  ];
  for (const query of nonsense) {
    const response = await fetch(address(query));
    assert.equal(response.status, 400, query);
    assert.equal(typeof (await response.json()).code, 'number');
  }
  // What is no URL at all does not get further than the HTTP server.
  for (const query of ['%%%', 'EIO=%00&transport=polling']) assert.equal((await fetch(address(query))).status, 400);
  for (const method of ['PUT', 'DELETE', 'PATCH']) await expectError(await fetch(session.address(), { method }), 3);
  await session.post('40');
  assert.match(await session.pollText(), /^40\{"sid"/);
});

test("other clients' ids open nothing", async () => {
  // A Socket.IO id is no session, and a session cannot be taken over on a second WebSocket.
  const session = new RawEngine(server.url);
  session.sid = residents[0].id;
  await expectError(await session.poll(), 1);
  await expectError(await session.post('41'), 1);
  session.sid = residents[1].io.engine.id;
  await expectError(await session.post('41'), 3);
  const thief = await session.socket();
  await thief.untilClosed();
});

test('payloads that are cut, too long or never end', async () => {
  const session = await opened();
  assert.equal((await session.post('x'.repeat(100_001))).status, 413);
  const { port } = server;
  const head = (length) => `POST ${session.address().pathname}${session.address().search} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Length: ${length}\r\n\r\n`;
  // Half a body, and away.
  const half = connect(port, '127.0.0.1');
  half.write(`${head(100)}4half`);
  await sleep(50);
  half.destroy();
  // A body that goes on and on is cut.
  const huge = connect(port, '127.0.0.1');
  huge.on('error', () => {});
  huge.write(head(10 ** 12));
  const cut = new Promise((resolve) => { huge.once('close', resolve); });
  for (let i = 0; i < 1_000 && !huge.destroyed; ++i) await Promise.race([new Promise((resolve) => { huge.write(Buffer.alloc(100_000), resolve); }), cut]);
  await within(cut, 'the cut');
  await session.post('40');
  assert.match(await session.pollText(), /^40\{"sid"/);
});

test('WebSocket messages that are too long or break the framing', async () => {
  const long = await new RawEngine(server.url).socket();
  long.send('4'.repeat(100_001));
  assert.equal(await long.untilClosed(), 1009);
  const url = new RawEngine(server.url).address({ transport: 'websocket' });
  url.protocol = 'ws:';
  for (const bytes of [[0x81, 0x02, 0x34, 0x61], [0xc1, 0x80, 0, 0, 0, 0], [0x83, 0x80, 0, 0, 0, 0], [0x80, 0x80, 0, 0, 0, 0], [0x81, 0xff, 0x7f, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 1, 2, 3]]) {
    const socket = await RawSocket.open(url);
    socket.socket._socket.write(Buffer.from(bytes));
    await socket.untilClosed();
  }
});

test('attachments that never come, and that come too much', async () => {
  const waiting = await new RawEngine(server.url).socket();
  await waiting.next();
  waiting.send('40');
  waiting.send('4564-["message"]');
  const flood = await new RawEngine(server.url).socket();
  await flood.next();
  flood.send('40');
  flood.send(`451-["message",{"_placeholder":true,"num":0}]`);
  flood.send(Buffer.alloc(10));
  flood.send(Buffer.alloc(10));
  await flood.untilClosed();
  waiting.close();
});

test('a client that does not read what it asked for', async () => {
  const socket = await new RawEngine(server.url).socket();
  socket.send('40');
  socket.socket._socket.pause();
  const message = `42["message","${'x'.repeat(90_000)}"]`;
  // More than the server keeps for it; that it was cut off is seen where it writes again.
  let sent = 0;
  const cut = within(socket.closed, 'the cut', 60_000);
  const writing = setInterval(() => { for (let i = 0; i < 20 && ++sent < 1_000; ++i) socket.send(message); }, 20);
  await residentsAreWell();
  await cut.finally(() => clearInterval(writing));

  const session = await opened();
  await session.post('40');
  let status = 200;
  for (let i = 0; i < 200 && status === 200; ++i) ({ status } = await session.post(message));
  assert.equal(status, 400);
});

test('a thousand requests for sessions that there are not', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 10 });
  const url = new RawEngine(server.url).address({ sid: 'nobody' });
  const statuses = await Promise.all(Array.from({ length: 1_000 }, () => get(url, agent).then(({ status }) => status)));
  agent.destroy();
  assert.ok(statuses.every((status) => status === 400));
});
