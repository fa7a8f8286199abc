// socket.io-client, current and 2.5, against the Socket.IO server.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { io } from 'socket.io-client';
import io2 from 'socket.io-client-2';
import { startEcho } from './lib/echo.mjs';
import { next, within } from './lib/raw.mjs';

const CLIENTS = [['4', io], ['2.5', io2]];
const TRANSPORTS = [['polling'], ['websocket'], ['polling', 'websocket']];

let server;
before(async () => {
  server = await startEcho({ 'ping-interval': 300, 'ping-timeout': 250 });
});
after(() => server.stop());

const ask = (socket, event, ...args) => within(new Promise((resolve) => socket.emit(event, ...args, (...answer) => resolve(answer))), 'an ack');
const closed = (socket) => socket.close();

for (const [version, connect] of CLIENTS)
  for (const transports of TRANSPORTS)
    describe(`socket.io-client ${version}, ${transports.join(' then ')}`, () => {
      const open = async (namespace = '/', options = {}) => {
        const socket = connect(server.origin + namespace, { transports, forceNew: true, ...options });
        const auth = next(socket, 'auth');
        await next(socket, 'connect');
        return { socket, auth: await auth };
      };

      test('events and binary go both ways', async () => {
        const { socket, auth } = await open();
        assert.deepEqual(auth, [{}]);
        const back = next(socket, 'message-back');
        const sent = [1, '2 \u20ac \u{1f600}', { 3: [true, null, Buffer.from([1, 2, 3])] }, Buffer.alloc(0), Buffer.alloc(100_000, 7)];
        socket.emit('message', ...sent);
        assert.deepEqual(await back, sent);
        closed(socket);
      });

      test('acks go both ways', async () => {
        const { socket } = await open();
        assert.deepEqual(await ask(socket, 'message-with-ack', 1, { a: Buffer.from('hi') }), [1, { a: Buffer.from('hi') }]);
        assert.deepEqual(await ask(socket, 'message-with-ack'), []);
        socket.on('question', (one, two, answer) => answer(two, one));
        const answer = next(socket, 'answer');
        socket.emit('ask', 'left', Buffer.from([9]));
        assert.deepEqual(await answer, [Buffer.from([9]), 'left']);
        closed(socket);
      });

      test('a question that nobody answers times out', async () => {
        const { socket } = await open();
        const failed = next(socket, 'no-answer');
        socket.emit('ask');
        assert.deepEqual(await failed, ['ack_timeout']);
        closed(socket);
      });

      test('300 messages come back in order, through the upgrade', async () => {
        const { socket } = await open();
        const got = [];
        const all = within(new Promise((resolve) => {
          socket.on('message-back', (i) => got.push(i) === 300 && resolve());
        }), '300 messages');
        for (let i = 0; i < 300; ++i) {
          socket.emit('message', i, i % 7 === 0 ? Buffer.from([i % 256]) : 'x');
          if (i % 30 === 0) await sleep(5);
        }
        await all;
        assert.deepEqual(got, Array.from({ length: 300 }, (_, i) => i));
        assert.equal(socket.io.engine.transport.name, transports.at(-1));
        closed(socket);
      });

      test('several namespaces share a connection', async () => {
        const { socket } = await open();
        const custom = socket.io.socket('/custom');
        if (!custom.connected) await next(custom, 'connect');
        assert.notEqual(custom.id, socket.id);
        assert.deepEqual(await ask(custom, 'message-with-ack', 'custom'), ['custom']);
        custom.close();
        assert.deepEqual(await ask(socket, 'message-with-ack', 'default'), ['default']);
        closed(socket);
      });

      test('stays while heartbeats go', async () => {
        const { socket } = await open();
        await sleep(1_200);
        assert.ok(socket.connected);
        assert.deepEqual(await ask(socket, 'message-with-ack', 1), [1]);
        closed(socket);
      });

      test('connects anew after the server was restarted', async () => {
        const first = await startEcho();
        const socket = connect(first.origin, { transports, forceNew: true, reconnectionDelay: 50, reconnectionDelayMax: 100 });
        await next(socket, 'connect');
        const gone = next(socket, 'disconnect');
        await first.stop();
        await gone;
        const again = next(socket, 'connect', 20_000);
        const second = await startEcho({ port: first.port });
        await again;
        assert.deepEqual(await ask(socket, 'message-with-ack', 'again'), ['again']);
        closed(socket);
        await second.stop();
      });
    });

describe('socket.io-client 4', () => {
  test('gives auth', async () => {
    const socket = io(`${server.origin}/custom`, { auth: { token: 'abc', list: [1] }, forceNew: true });
    assert.deepEqual(await next(socket, 'auth'), [{ token: 'abc', list: [1] }]);
    socket.close();
  });

  test('is told of a namespace that there is not', async () => {
    const socket = io(`${server.origin}/random`, { forceNew: true });
    const [error] = await next(socket, 'connect_error');
    assert.equal(error.message, 'Invalid namespace');
    socket.close();
  });

  test('emits with a timeout', async () => {
    const socket = io(server.origin, { forceNew: true });
    assert.equal(await socket.timeout(5_000).emitWithAck('message-with-ack', 'x'), 'x');
    await assert.rejects(socket.timeout(100).emitWithAck('no-such-event'));
    socket.close();
  });

  test('whose heartbeats stop is let go', async () => {
    const socket = io(server.origin, { forceNew: true, transports: ['websocket'], reconnection: false });
    await next(socket, 'connect');
    const gone = next(socket, 'disconnect', 5_000);
    socket.io.engine.transport.send = () => {};
    await gone;
  });
});

describe('socket.io-client 2.5', () => {
  test('gives its query as auth of a namespace', async () => {
    const socket = io2(`${server.origin}/custom`, { query: { token: 'a b' }, forceNew: true });
    const [auth] = await next(socket, 'auth');
    assert.equal(auth.token, 'a b');
    assert.equal(socket.id, `/custom#${socket.io.engine.id}`);
    socket.close();
  });

  test('is told of a namespace that there is not', async () => {
    const socket = io2(`${server.origin}/random`, { forceNew: true });
    assert.deepEqual(await next(socket, 'error'), ['Invalid namespace']);
    socket.close();
  });
});
