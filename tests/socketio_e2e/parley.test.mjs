// Socket.IO as the parley server has it: beside everything else on its one port.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { io } from 'socket.io-client';
import io2 from 'socket.io-client-2';
import { startServer } from '../e2e/lib/server.mjs';
import { RawEngine, RawSocket, expectError, next } from './lib/raw.mjs';

let server;
before(async () => { server = await startServer(); });
after(() => server.stop());

const engine = (url = server.url) => new RawEngine(`${url}/socket.io/`);

for (const [name, connect] of Object.entries({ '4.x': io, '2.5': io2 })) {
  for (const transports of [['polling'], ['websocket'], ['polling', 'websocket']]) {
    test(`socket.io-client ${name} connects over ${transports.join(', then ')}`, async () => {
      const socket = connect(server.url, { transports, forceNew: true, reconnection: false });
      await next(socket, 'connect');
      assert.ok(socket.id.length > 10);
      const gone = next(socket, 'disconnect');
      socket.close();
      await gone;
    });
  }
}

test('the endpoint is there without its last slash, too, and answers every method', async () => {
  const session = new RawEngine(`${server.url}/socket.io`);
  await session.open();
  assert.equal(await (await session.post('40')).text(), 'ok');
  assert.match(await session.pollText(), /^40\{"sid"/);
  for (const method of ['PUT', 'PATCH', 'DELETE']) await expectError(await fetch(session.address(), { method }), 3);
  assert.equal((await fetch(session.address(), { method: 'OPTIONS', headers: { Origin: 'http://a.example' } })).status, 204);
});

test('a megabyte passes, more is refused by name, and the rest of the server keeps its own limit', async () => {
  for (const path of ['/socket.io/', '/socket.io']) {
    const session = new RawEngine(`${server.url}${path}`);
    await session.open();
    assert.equal((await session.post(`42["x","${'y'.repeat(999_000)}"]`)).status, 200);
    assert.equal((await session.post('4'.repeat(1_000_001))).status, 413);
  }
  assert.equal((await fetch(`${server.url}/api/rooms`, { method: 'POST', body: 'x'.repeat(100_000) })).status, 413);
});

test('sessions count as all others do, and those that never went on make room', async (t) => {
  const small = await startServer(['--max-per-address', '20']);
  t.after(() => small.stop());
  const opened = [];
  for (let i = 0; i < 40; ++i) {
    const session = engine(small.url);
    await session.open();
    opened.push(session);
  }
  await expectError(await opened[0].poll(), 1);
  // One after the other, for connections are counted, too.
  const sockets = [];
  for (let i = 0; i < 20; ++i) {
    const socket = io(small.url, { forceNew: true, reconnection: false });
    await next(socket, 'connect');
    if (socket.io.engine.transport.name !== 'websocket') await next(socket.io.engine, 'upgrade');
    sockets.push(socket);
  }
  await expectError(await engine(small.url).poll(), 4, 503);
  await assert.rejects(RawSocket.open(`${small.url.replace('http', 'ws')}/ws`), /503/);
  for (const socket of sockets) socket.close();
});

test('pages of any origin connect until --allow-origin names some', async () => {
  const foreign = { headers: { Origin: 'https://elsewhere.example' } };
  const open = await fetch(engine().address(), foreign);
  assert.equal(open.status, 200);
  assert.equal(open.headers.get('access-control-allow-origin'), 'https://elsewhere.example');

  const strict = await startServer(['--allow-origin', 'https://friend.example']);
  try {
    const address = engine(strict.url).address();
    const { message } = await expectError(await fetch(address, foreign), 4, 403);
    assert.match(message, /--allow-origin/);
    const friend = await fetch(address, { headers: { Origin: 'https://friend.example' } });
    assert.equal(friend.status, 200);
    assert.equal(friend.headers.get('access-control-allow-origin'), 'https://friend.example');
    assert.equal((await fetch(address, { headers: { Origin: strict.url } })).status, 200);
    assert.equal((await fetch(address)).status, 200);
    const socket = engine(strict.url).address({ transport: 'websocket' });
    socket.protocol = 'ws:';
    await assert.rejects(RawSocket.open(socket, { origin: 'https://elsewhere.example' }), /403/);
    (await RawSocket.open(socket, { origin: 'https://friend.example' })).close();
  } finally {
    await strict.stop();
  }
});
