import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startServer } from '../e2e/lib/server.mjs';
import { usageOf } from './lib/process.mjs';
import { RawSocket } from './lib/raw_socket.mjs';

const MiB = 1024 * 1024;
/** Connections of one address that the server takes. */
const PER_ADDRESS = 512;

let server;
let resident;
before(async () => {
  server = await startServer();
  resident = await RawSocket.open(server.url);
  await resident.request({ id: 1, type: 'join', room: 'frames', name: 'Resident', data: false });
});
after(async () => {
  await resident.close();
  await server.stop();
});

async function guest() {
  const socket = await RawSocket.open(server.url);
  await socket.request({ id: 1, type: 'join', room: 'frames', name: 'Guest', data: false });
  return socket;
}

/** The resident is heard and answered at once, whatever others do. */
async function residentIsWell() {
  const start = performance.now();
  assert.equal((await resident.request({ id: `ping ${start}`, type: 'ping' })).type, 'ok');
  const took = performance.now() - start;
  assert.ok(took < 2_000, `the resident waited ${Math.round(took)} ms`);
}

const BREACHES = [
  ['a binary frame', 1003, (socket) => socket.send('binary', randomBytes(100))],
  ['a text frame that is not UTF-8', 1007, (socket) => socket.send('text', Buffer.from([0xff, 0xfe]))],
  ['one frame of 10 MB', 1009, (socket) => socket.send('text', Buffer.alloc(10 * MiB, 'x'))],
  ['a binary frame of 10 MB', 1009, (socket) => socket.send('binary', Buffer.alloc(10 * MiB))],
  ['10 MB in fragments of 16 KiB', 1009, async (socket) => {
    await socket.send('text', Buffer.alloc(16_384, 'x'), { fin: false });
    for (let i = 0; i < 640 && !socket.closed; ++i) await socket.send('continuation', Buffer.alloc(16_384, 'x'), { fin: false });
  }],
  ['2000 fragments of one byte', 1009, async (socket) => {
    await socket.send('text', 'x', { fin: false });
    for (let i = 0; i < 2_000; ++i) socket.send('continuation', 'x', { fin: false });
  }],
  ['a frame that claims 2^62 bytes', 1009, (socket) => raw(socket, [0x81, 0xff, 0x40, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5])],
  ['an unmasked frame', 1002, (socket) => raw(socket, [0x81, 0x02, 0x68, 0x69])],
  ['a reserved opcode', 1002, (socket) => raw(socket, [0x83, 0x80, 0, 0, 0, 0])],
  ['a reserved bit', 1002, (socket) => raw(socket, [0xc1, 0x80, 0, 0, 0, 0])],
  ['a continuation of nothing', 1002, (socket) => socket.send('continuation', 'x')],
  // wslay closes without a code there.
  ['a ping of 126 bytes', 1005, (socket) => socket.send('ping', Buffer.alloc(126))],
];

function raw(socket, bytes) {
  socket.socket.write(Buffer.from(bytes));
}

function randomBytes(length) {
  return Buffer.from(Array.from({ length }, () => Math.floor(Math.random() * 256)));
}

for (const [what, code, send] of BREACHES) {
  test(`${what} is answered with ${code}, and nobody else is disturbed`, async () => {
    const before = usageOf(server.pid);
    const socket = await guest();
    await send(socket);
    assert.equal((await socket.untilClosed()).code, code);
    await residentIsWell();
    socket.destroy();
    const grown = usageOf(server.pid).rssKiB - before.rssKiB;
    assert.ok(grown < 8 * 1024, `the server grew by ${grown} KiB`);
  });
}

test('a client that reads nothing is dropped, and what waits for it is bounded', async () => {
  const before = usageOf(server.pid);
  const deaf = await guest();
  deaf.socket.pause();
  const alive = setInterval(() => deaf.send('pong', ''), 1_000);
  const talkers = await Promise.all(Array.from({ length: 6 }, () => guest()));
  assert.equal(await clients(), 8);
  // The kernel takes some megabytes, the server keeps what its budget allows.
  const text = '\u{1f600}'.repeat(4_000);
  for (const talker of talkers) {
    for (let id = 0; id < 150; ++id) talker.text({ id, type: 'chat', text });
    await sleep(200);
    await residentIsWell();
  }
  for (let i = 0; i < 30 && await clients() > 7; ++i) await sleep(100);
  assert.equal(await clients(), 7, 'the deaf client is dropped');
  const grown = usageOf(server.pid).rssKiB - before.rssKiB;
  assert.ok(grown < 64 * 1024, `the server grew by ${grown} KiB`);
  clearInterval(alive);
  deaf.destroy();
  for (const talker of talkers) await talker.close();
});

async function clients() {
  const response = await fetch(`${server.url}/metrics`);
  return Number(/^parley_signaling_clients (\d+)/m.exec(await response.text())[1]);
}

test('3000 half-open connections of a stranger are bounded; others join as ever', async () => {
  const before = usageOf(server.pid);
  const { hostname, port } = new URL(server.url);
  const strangers = [];
  const kinds = ['', 'GET /ws HTTP/1.1\r\nHost: x', 'GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nx', '\u0016\u0003\u0001'];
  for (let i = 0; i < 3_000; ++i) {
    const socket = connect({ host: hostname, port: Number(port), localAddress: '127.0.0.9' });
    socket.on('error', () => {});
    socket.on('connect', () => socket.write(kinds[i % kinds.length]));
    socket.resume();
    strangers.push(socket);
    if (i % 100 === 99) await sleep(20);
  }
  await sleep(1_000);
  const during = usageOf(server.pid);
  assert.ok(during.fds - before.fds <= PER_ADDRESS + 16, `${during.fds - before.fds} files are open`);
  assert.ok(during.rssKiB - before.rssKiB < 64 * 1024, `the server grew by ${during.rssKiB - before.rssKiB} KiB`);
  await residentIsWell();
  const friend = await guest();
  assert.equal((await friend.request({ id: 2, type: 'chat', text: 'Hello' })).type, 'ok');
  await friend.close();
  for (const socket of strangers) socket.destroy();
  for (let i = 0; i < 100 && usageOf(server.pid).fds > before.fds + 8; ++i) await sleep(100);
  assert.ok(usageOf(server.pid).fds <= before.fds + 8, `${usageOf(server.pid).fds} files are open, ${before.fds} were before`);
});

test('a WebSocket whose client has gone without a word is dropped in 10 seconds', async () => {
  const silent = await RawSocket.open(server.url);
  silent.answersPings = false;
  const start = performance.now();
  await silent.untilClosed(15_000);
  const took = performance.now() - start;
  assert.ok(took > 8_000 && took < 13_000, `dropped after ${Math.round(took)} ms`);
});

test('the operator says how many sessions one address may have', async () => {
  const small = await startServer(['--max-per-address', '2']);
  try {
    const two = [await RawSocket.open(small.url), await RawSocket.open(small.url)];
    await assert.rejects(RawSocket.open(small.url), / 503 /);
    for (const socket of two) socket.destroy();
  } finally {
    await small.stop();
  }
});

test('a server that was given few files takes as many as it may', async () => {
  const limited = await startServer([], { softFiles: 64 });
  try {
    const sockets = await Promise.all(Array.from({ length: 100 }, () => RawSocket.open(limited.url)));
    const joined = await sockets[99].request({ id: 1, type: 'join', room: 'files', name: 'Ann' });
    assert.equal(joined.type, 'ok');
    for (const socket of sockets) socket.destroy();
  } finally {
    await limited.stop();
  }
});
