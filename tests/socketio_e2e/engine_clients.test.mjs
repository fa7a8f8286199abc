// engine.io-client, current and 3.5, against the bare Engine.IO server.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Socket } from 'engine.io-client';
import eio3 from 'engine.io-client-3';
import { startEcho } from './lib/echo.mjs';
import { RawEngine, expectError, next, within } from './lib/raw.mjs';

const CLIENTS = [
  ['current', (url, options) => new Socket(url, options)],
  ['3.5', (url, options) => eio3(url, options)],
];
const TRANSPORTS = [['polling'], ['websocket'], ['polling', 'websocket']];

let server;
before(async () => {
  server = await startEcho({ engine: true, 'ping-interval': 300, 'ping-timeout': 250 });
});
after(() => server.stop());

/** @param {unknown} data as either client hands binary out */
const bytes = (data) => Buffer.from(data instanceof ArrayBuffer ? new Uint8Array(data) : data);

/** The next `count` messages. */
function messages(socket, count) {
  const got = [];
  return within(new Promise((resolve) => {
    socket.on('message', function take(data) {
      if (got.push(data) < count) return;
      socket.off('message', take);
      resolve(got);
    });
  }), `${count} messages`);
}

for (const [version, connect] of CLIENTS)
  for (const transports of TRANSPORTS)
    describe(`engine.io-client ${version}, ${transports.join(' then ')}`, () => {
      const open = async (more = {}) => {
        const socket = connect(server.origin, { path: server.path, transports, ...more });
        await next(socket, 'open');
        return socket;
      };

      test('text and binary come back', async () => {
        const socket = await open();
        const back = messages(socket, 4);
        socket.send('hello \u20ac \u{1f600}');
        socket.send(Buffer.from([0, 1, 254, 255]));
        socket.send('b');
        socket.send('x'.repeat(300_000));
        const [text, binary, third, long] = await back;
        assert.equal(text, 'hello \u20ac \u{1f600}');
        assert.deepEqual(bytes(binary), Buffer.from([0, 1, 254, 255]));
        assert.equal(third, 'b');
        assert.equal(long.length, 300_000);
        socket.close();
      });

      test('many messages come back in order, through the upgrade', async () => {
        const socket = await open();
        const back = messages(socket, 500);
        for (let i = 0; i < 500; ++i) {
          socket.send(i % 5 === 0 ? Buffer.from(`${i}`) : `${i}`);
          if (i % 50 === 0) await sleep(5);
        }
        assert.deepEqual((await back).map((data) => (typeof data === 'string' ? data : bytes(data).toString())), Array.from({ length: 500 }, (_, i) => `${i}`));
        assert.equal(socket.transport.name, transports.at(-1));
        socket.close();
      });

      test('stays while heartbeats go, and leaves when it wants', async () => {
        const socket = await open();
        await sleep(1_200);
        assert.equal(socket.readyState, 'open');
        const { id } = socket;
        const closed = next(socket, 'close');
        socket.close();
        await closed;
        await sleep(200);
        const session = new RawEngine(server.url);
        session.sid = id;
        await expectError(await session.poll(), 1);
      });
    });

describe('engine.io-client current', () => {
  test('base64 on a WebSocket', async () => {
    const socket = new Socket(server.origin, { path: server.path, transports: ['websocket'], forceBase64: true, query: { b64: 1 } });
    await next(socket, 'open');
    const back = messages(socket, 1);
    socket.send(Buffer.from([1, 2, 3]));
    assert.deepEqual(bytes((await back)[0]), Buffer.from([1, 2, 3]));
    socket.close();
  });

  test('hears that the server went away', async () => {
    for (const transports of TRANSPORTS) {
      const other = await startEcho({ engine: true });
      const socket = new Socket(other.origin, { path: other.path, transports });
      await next(socket, 'open');
      await sleep(200);
      const closed = next(socket, 'close');
      await other.stop();
      await closed;
    }
  });
});

describe('version 3 by hand', () => {
  test('text is framed by its length in characters', async () => {
    const session = new RawEngine(server.url, 3);
    const { text } = await session.open();
    assert.match(text, /^\d+:0\{/);
    assert.equal(Number(text.slice(0, text.indexOf(':'))), text.length - text.indexOf(':') - 1);
    await session.post('3:4\u{1f600}2:4b');
    assert.equal(await session.pollText(), '3:4\u{1f600}2:4b');
  });

  test('binary is framed as a whole, or base64 for those who ask', async () => {
    const frame = Buffer.from([0, 2, 255, 0x34, 0x61, 1, 4, 255, 4, 1, 2, 3]);
    const session = new RawEngine(server.url, 3);
    await session.open();
    assert.equal((await session.post(frame, { 'Content-Type': 'application/octet-stream' })).status, 200);
    const response = await session.poll();
    assert.equal(response.headers.get('content-type'), 'application/octet-stream');
    assert.deepEqual(Buffer.from(await response.arrayBuffer()), frame);

    const plain = new RawEngine(server.url, 3);
    plain.sid = JSON.parse(/\{.*\}/.exec(await (await fetch(plain.address({ b64: 1 }))).text())[0]).sid;
    await plain.post('6:b4AQID');
    assert.equal(await plain.pollText(), '6:b4AQID');
  });

  test('lengths that lie end the session', async () => {
    for (const body of ['99:4a', '1:4a', 'x:4a', '4a', '2:4\u{1f600}']) {
      const session = new RawEngine(server.url, 3);
      await session.open();
      await expectError(await session.post(body), 3);
      await expectError(await session.poll(), 1);
    }
  });
});
