import { createSocket } from 'node:dgram';
import { createHmac, randomBytes } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';

/**
 * Sends junk at a UDP port as fast as it may, for a while: what a stranger makes up, and what it can
 * know of somebody's call (user fragments, SSRCs) without the password that goes with them.
 */
const { port, seconds, packetsPerSecond, ufrags, ssrcs } = workerData;
const BURST_MS = 5;
const MAGIC_COOKIE = 0x2112a442;

const pick = (list) => list[Math.floor(Math.random() * list.length)];

function attribute(type, value) {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(value.length, 2);
  return Buffer.concat([head, value, Buffer.alloc((4 - (value.length % 4)) % 4)]);
}

/** A check that is right in all but the password. */
function check() {
  const body = [
    attribute(0x0006, Buffer.from(`${pick(ufrags)}:stranger`)), attribute(0x0024, Buffer.from([0x6e, 0, 1, 0xff])),
    attribute(0x802a, randomBytes(8)), attribute(0x0025, Buffer.alloc(0)),
  ];
  const message = (length, type = 0x0001) => {
    const head = Buffer.alloc(20);
    head.writeUInt16BE(type, 0);
    head.writeUInt16BE(length, 2);
    head.writeUInt32BE(MAGIC_COOKIE, 4);
    transaction.copy(head, 8);
    return head;
  };
  const transaction = randomBytes(12);
  const length = Buffer.concat(body).length + 24;
  const signed = Buffer.concat([message(length), ...body]);
  body.push(attribute(0x0008, createHmac('sha1', 'guessed').update(signed).digest()));
  return Buffer.concat([message(length), ...body]);
}

function stunJunk() {
  const junk = randomBytes(20 + 4 * Math.floor(Math.random() * 30));
  junk.writeUInt16BE(pick([0x0001, 0x0101, 0x0111, 0x0003]), 0);
  junk.writeUInt16BE(Math.random() < 0.8 ? junk.length - 20 : 65_532, 2);
  junk.writeUInt32BE(MAGIC_COOKIE, 4);
  return junk;
}

function dtlsJunk() {
  const hello = randomBytes(13 + Math.floor(Math.random() * 300));
  hello[0] = pick([20, 21, 22, 23]);
  hello.writeUInt16BE(0xfefd, 1);
  hello.writeUInt16BE(Math.random() < 0.8 ? hello.length - 13 : 16_384, 11);
  return hello;
}

function rtpJunk() {
  const packet = randomBytes(12 + Math.floor(Math.random() * 1_100));
  packet[0] = 0x80 | (packet[0] & 0x1f);
  packet[1] = pick([96, 111, 0x80 | 96, 200, 201, 205, 206]);
  packet.writeUInt32BE(pick(ssrcs), packet[1] >= 200 && packet[1] < 207 ? 4 : 8);
  return packet;
}

const kinds = [check, stunJunk, dtlsJunk, rtpJunk, () => randomBytes(Math.floor(Math.random() * 1_400)), () => Buffer.alloc(0)];
const packets = Array.from({ length: 3_000 }, () => pick(kinds)());
const sockets = Array.from({ length: 50 }, () => createSocket('udp4'));
for (const socket of sockets) socket.on('message', () => { replies += 1; });
let replies = 0;
let sent = 0;
const start = performance.now();
const timer = setInterval(() => {
  const elapsed = performance.now() - start;
  const due = Math.min((elapsed / 1_000) * packetsPerSecond - sent, packetsPerSecond / 10);
  for (let i = 0; i < due; ++i) sockets[sent % sockets.length].send(packets[sent++ % packets.length], port, '127.0.0.1', () => {});
  if (elapsed < seconds * 1_000) return;
  clearInterval(timer);
  setTimeout(() => {
    for (const socket of sockets) socket.close();
    parentPort.postMessage({ sent, replies });
  }, 200);
}, BURST_MS);
