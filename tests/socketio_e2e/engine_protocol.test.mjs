// What the Engine.IO protocol asks of a server, by hand: https://github.com/socketio/engine.io-protocol
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startEcho } from './lib/echo.mjs';
import { RawEngine, RawSocket, expectError } from './lib/raw.mjs';

const PING = { 'ping-interval': 300, 'ping-timeout': 200 };

let quick;
let calm;
before(async () => {
  quick = await startEcho({ engine: true, ...PING });
  calm = await startEcho({ engine: true, path: '/engine.io' });
});
after(() => Promise.all([quick.stop(), calm.stop()]));

const engine = (server = calm, version = 4) => new RawEngine(server.url, version);
async function opened(server = calm, version = 4) {
  const session = engine(server, version);
  await session.open();
  return session;
}

describe('handshake', () => {
  const expected = (upgrades) => ({ upgrades, pingInterval: 300, pingTimeout: 200, maxPayload: 1_000_000 });

  test('by polling', async () => {
    const { handshake, text } = await engine(quick).open();
    assert.ok(text.startsWith('0{'));
    const { sid, ...rest } = handshake;
    assert.equal(typeof sid, 'string');
    assert.deepEqual(rest, expected(['websocket']));
  });

  test('on a WebSocket', async () => {
    const socket = await engine(quick).socket();
    const { sid, ...rest } = JSON.parse((await socket.next()).slice(1));
    assert.equal(typeof sid, 'string');
    assert.deepEqual(rest, expected([]));
    socket.close();
  });

  test('without a version, or with another', async () => {
    for (const version of [null, 'abc', 5, 2]) await expectError(await engine(calm, version).poll(), 5);
    for (const version of [null, 'abc']) await assert.rejects(engine(calm, version).socket());
  });

  test('without a transport, or with another', async () => {
    for (const transport of [null, 'abc', 'webtransport']) {
      const body = await expectError(await fetch(engine().address({ transport })), 0);
      assert.equal(body.message, 'Transport unknown');
    }
    await assert.rejects(engine().socket({ transport: 'abc' }));
  });

  test('by another method', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH'])
      assert.equal((await expectError(await fetch(engine().address(), { method }), 2)).message, 'Bad handshake method');
  });

  test('on a WebSocket that is none', async () => {
    assert.equal((await expectError(await fetch(engine().address({ transport: 'websocket' })), 3)).message, 'Bad request');
  });

  test('with JSONP', async () => {
    assert.match((await expectError(await fetch(engine().address({ j: 0 })), 3)).message, /JSONP/);
  });

  test('outside the path', async () => {
    assert.equal((await fetch(`${calm.origin}/elsewhere/`)).status, 404);
    assert.equal((await fetch(`${calm.origin}/engine.io?EIO=4&transport=polling`)).status, 200);
  });
});

describe('messages by polling', () => {
  const cases = [
    ['one packet', '4hello', '4hello'],
    ['several packets', '4test1\x1e4test2\x1e4test3', '4test1\x1e4test2\x1e4test3'],
    ['text and binary', '4hello\x1ebAQIDBA==', '4hello\x1ebAQIDBA=='],
    ['characters of every length', '4\u00e4\u20ac\u{1f600}', '4\u00e4\u20ac\u{1f600}'],
  ];
  for (const [name, body, echo] of cases)
    test(name, async () => {
      const session = await opened();
      const response = await session.post(body);
      assert.equal(response.status, 200);
      assert.equal(await response.text(), 'ok');
      assert.equal(await session.pollText(), echo);
    });

  test('a waiting poll is answered at once', async () => {
    const session = await opened();
    const poll = session.pollText();
    await sleep(50);
    await session.post('4now');
    assert.equal(await poll, '4now');
  });

  const wrong = [
    ['no packet', 'abc'], ['nothing', ''], ['a separator alone', '\x1e'], ['an empty packet', '4a\x1e\x1e4b'],
    ['bad base64', 'b*'], ['bytes that are no UTF-8', Buffer.from([0x34, 0xff])],
  ];
  for (const [name, body] of wrong)
    test(`${name} ends the session`, async () => {
      const session = await opened();
      await expectError(await session.post(body), 3);
      await expectError(await session.poll(), 1);
    });

  test('binary payloads end a session of version 4', async () => {
    const session = await opened();
    await expectError(await session.post('4a', { 'Content-Type': 'application/octet-stream' }), 3);
    await expectError(await session.poll(), 1);
  });

  test('a payload past maxPayload is refused', async () => {
    const session = await opened();
    assert.equal((await session.post(`4${'x'.repeat(1_000_000)}`)).status, 413);
    assert.equal((await session.post(`4${'x'.repeat(999_999)}`)).status, 200);
    assert.equal((await session.pollText()).length, 1_000_000);
  });

  test('a second poll ends the session', async () => {
    const session = await opened();
    const first = session.pollText();
    await sleep(100);
    await expectError(await session.poll(), 3);
    assert.equal(await first, '1');
    await expectError(await session.poll(), 1);
  });

  test('an aborted poll ends the session', async () => {
    const session = await opened();
    const abort = new AbortController();
    const poll = session.poll({ signal: abort.signal });
    await sleep(100);
    abort.abort();
    await assert.rejects(poll);
    await sleep(200);
    await expectError(await session.post('4a'), 1);
  });

  test('responses are not cached, and pages may read them', async () => {
    const session = engine();
    const response = await fetch(session.address(), { headers: { Origin: 'http://page.example' } });
    assert.equal(response.headers.get('cache-control'), 'no-store');
    assert.equal(response.headers.get('access-control-allow-origin'), 'http://page.example');
    const preflight = await fetch(session.address(), {
      method: 'OPTIONS',
      headers: { Origin: 'http://page.example', 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'x-token' },
    });
    assert.equal(preflight.status, 204);
    assert.match(preflight.headers.get('access-control-allow-methods'), /POST/);
    assert.equal(preflight.headers.get('access-control-allow-headers'), 'x-token');
  });
});

describe('messages on a WebSocket', () => {
  test('text and binary', async () => {
    const socket = await engine().socket();
    await socket.next();
    socket.send('4hello \u{1f600}');
    socket.send(Buffer.from([1, 2, 3, 4]));
    socket.send(Buffer.alloc(0));
    assert.equal(await socket.next(), '4hello \u{1f600}');
    assert.deepEqual(await socket.next(), Buffer.from([1, 2, 3, 4]));
    assert.deepEqual(await socket.next(), Buffer.alloc(0));
    socket.close();
  });

  test('base64 for clients that ask for it', async () => {
    const socket = await engine().socket({ b64: 1 });
    await socket.next();
    socket.send('bAQID');
    assert.equal(await socket.next(), 'bAQID');
    socket.close();
  });

  test('what is no packet, or too long, ends the session', async () => {
    for (const data of ['abc', '', 'b*', `4${'x'.repeat(1_000_000)}`]) {
      const socket = await engine().socket();
      await socket.next();
      socket.send(data);
      await socket.untilClosed();
    }
  });

  test('one of the protocols that a client offers is agreed to', async () => {
    const url = engine().address({ transport: 'websocket' });
    url.protocol = 'ws:';
    const socket = await RawSocket.open(url, ['one', 'two']);
    assert.equal(socket.socket.protocol, 'one');
    socket.close();
  });
});

describe('heartbeat', () => {
  test('by polling', async () => {
    const session = await opened(quick);
    for (let i = 0; i < 3; ++i) {
      assert.equal(await session.pollText(), '2');
      assert.equal((await session.post('3')).status, 200);
    }
  });

  test('a polling client that is silent is given up', async () => {
    const session = await opened(quick);
    await sleep(600);
    await expectError(await session.poll(), 1);
  });

  test('on a WebSocket', async () => {
    const socket = await engine(quick).socket();
    await socket.next();
    for (let i = 0; i < 3; ++i) {
      assert.equal(await socket.next(), '2');
      socket.send('3');
    }
    const start = Date.now();
    await socket.untilClosed();
    assert.ok(Date.now() - start >= 400, 'closed before its time');
  });

  test('a ping of a client of version 4 ends the session', async () => {
    const socket = await engine().socket();
    await socket.next();
    socket.send('2');
    await socket.untilClosed();
  });

  test('clients of version 3 ping themselves', async () => {
    const socket = await engine(quick, 3).socket();
    await socket.next();
    for (let i = 0; i < 3; ++i) {
      await sleep(250);
      socket.send('2');
      assert.equal(await socket.next(), '3');
    }
    const start = Date.now();
    await socket.untilClosed();
    assert.ok(Date.now() - start >= 400, 'closed before its time');
  });
});

describe('close', () => {
  test('by polling', async () => {
    const session = await opened();
    const poll = session.pollText();
    await sleep(50);
    assert.equal(await (await session.post('1')).text(), 'ok');
    assert.equal(await poll, '6');
    await expectError(await session.poll(), 1);
  });

  test('on a WebSocket', async () => {
    const socket = await engine().socket();
    await socket.next();
    socket.send('1');
    assert.equal(await socket.untilClosed(), 1000);
  });
});

describe('upgrade', () => {
  test('with a probe, while a poll waits', async () => {
    const session = await opened();
    const poll = session.pollText();
    const socket = await session.socket();
    socket.send('2probe');
    assert.equal(await socket.next(), '3probe');
    assert.equal(await poll, '6');
    socket.send('5');
    socket.send('4hello');
    assert.equal(await socket.next(), '4hello');
    socket.close();
  });

  test('a poll after the probe is let go, too', async () => {
    const session = await opened();
    const socket = await session.socket();
    socket.send('2probe');
    assert.equal(await socket.next(), '3probe');
    assert.equal(await session.pollText(), '6');
    socket.close();
  });

  test('afterwards neither polls nor other WebSockets count', async () => {
    const session = await opened();
    const socket = await session.socket();
    socket.send('2probe');
    socket.send('5');
    assert.equal(await socket.next(), '3probe');
    await sleep(50);
    await expectError(await session.poll(), 3);
    await expectError(await session.post('4x'), 3);
    const second = await session.socket();
    await second.untilClosed();
    socket.send('4hello');
    assert.equal(await socket.next(), '4hello');
    socket.close();
  });

  test('one that fails leaves polling as it was', async () => {
    const session = await opened();
    const poll = session.pollText();
    const socket = await session.socket();
    socket.send('4too early');
    await socket.untilClosed();
    await session.post('4hello');
    assert.equal(await poll, '4hello');
  });

  test('of a session that there is not', async () => {
    const session = engine();
    session.sid = 'nobody';
    await assert.rejects(session.socket());
    await expectError(await session.poll(), 1);
  });
});
