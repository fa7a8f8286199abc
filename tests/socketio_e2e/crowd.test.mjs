// 200 clients of both kinds on all transports: nothing is lost, doubled or out of order, also when
// the server is restarted in between.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { io } from 'socket.io-client';
import io2 from 'socket.io-client-2';
import { startEcho } from './lib/echo.mjs';
import { next, within } from './lib/raw.mjs';

const COUNT = 200;
const MESSAGES = 20;
const TRANSPORTS = [['polling'], ['websocket'], ['polling', 'websocket']];

/** Sends its messages and returns what came back. */
async function talk(socket) {
  const got = [];
  await within(new Promise((resolve) => {
    socket.on('message-back', function take(i, binary) {
      assert.equal(binary.length, i);
      if (got.push(i) < MESSAGES) return;
      socket.off('message-back', take);
      resolve();
    });
    for (let i = 0; i < MESSAGES; ++i) socket.emit('message', i, Buffer.alloc(i));
  }), 'all messages', 60_000);
  return got;
}

test('200 clients', async () => {
  let server = await startEcho();
  const sockets = await Promise.all(Array.from({ length: COUNT }, async (_, i) => {
    const connect = i % 2 === 0 ? io : io2;
    const socket = connect(server.origin, { transports: TRANSPORTS[i % 3], forceNew: true, reconnectionDelay: 100, reconnectionDelayMax: 1_000 });
    await next(socket, 'connect', 60_000);
    return socket;
  }));
  const expected = Array.from({ length: MESSAGES }, (_, i) => i);
  for (const got of await Promise.all(sockets.map(talk))) assert.deepEqual(got, expected);

  const again = sockets.map((socket) => next(socket, 'connect', 60_000));
  const { port } = server;
  await server.stop();
  server = await startEcho({ port });
  await Promise.all(again);
  for (const got of await Promise.all(sockets.map(talk))) assert.deepEqual(got, expected);

  for (const socket of sockets) socket.close();
  await server.stop();
});
