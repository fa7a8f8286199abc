import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { test } from 'node:test';
import { startRelay } from './lib/impairment.mjs';
import { Link, seededRandom } from './lib/link.mjs';

const PACKETS = 20_000;

/** What becomes of packets sent one each `interval` ms: their delays, null for the lost ones. */
function sendMany(impairment, { count = PACKETS, bytes = 1000, interval = 1 } = {}) {
  const link = new Link(seededRandom(7));
  link.set(impairment);
  return Array.from({ length: count }, (_, index) => {
    const arrives = link.send(bytes, index * interval);
    return arrives === null ? null : arrives - index * interval;
  });
}

const lossOf = (delays) => delays.filter((delay) => delay === null).length / delays.length;

/** Lengths of the runs of losses. */
function bursts(delays) {
  const runs = [];
  let run = 0;
  for (const delay of [...delays, 0]) {
    if (delay === null) run += 1;
    else if (run > 0) runs.push(run), run = 0;
  }
  return runs;
}

const mean = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

test('a link that nothing was asked of loses and delays nothing', () => {
  assert.ok(sendMany({}).every((delay) => delay === 0));
});

test('random loss is as much as asked for, in runs as short as chance makes them', () => {
  const delays = sendMany({ loss: 0.1 });
  assert.ok(Math.abs(lossOf(delays) - 0.1) < 0.01, String(lossOf(delays)));
  assert.ok(Math.abs(mean(bursts(delays)) - 1 / 0.9) < 0.1);
});

test('bursty loss comes in runs of the asked for length', () => {
  const delays = sendMany({ burst: { enter: 0.01, leave: 0.2 } });
  assert.ok(Math.abs(mean(bursts(delays)) - 5) < 0.7, String(mean(bursts(delays))));
  assert.ok(Math.abs(lossOf(delays) - 0.01 / 0.21) < 0.015, String(lossOf(delays)));
});

test('jitter keeps the order unless reordering is asked for', () => {
  const arrivals = (impairment) => sendMany(impairment).map((delay, index) => index + delay);
  const overtaken = (times) => times.filter((time, index) => index > 0 && time < times[index - 1]).length;
  assert.equal(overtaken(arrivals({ delay: 20, jitter: 30 })), 0);
  assert.ok(overtaken(arrivals({ delay: 20, jitter: 30, reordering: true })) > PACKETS / 10);
  for (const delay of sendMany({ delay: 20, jitter: 30, reordering: true })) assert.ok(delay >= 20 && delay < 50);
});

test('a rate limit lets through what it can, and nothing waits for longer than the queue', () => {
  // 8 Mbit/s offered to 1 Mbit/s.
  const delays = sendMany({ rate: 1_000_000, queue: 200 }, { count: 10_000 });
  const through = delays.filter((delay) => delay !== null);
  assert.ok(Math.abs(through.length / delays.length - 1 / 8) < 0.01);
  assert.ok(Math.max(...through) <= 200 + 8 + 1e-6, String(Math.max(...through)));
  assert.ok(mean(through.slice(100)) > 190);
});

test('below its rate a link delays no more than sending takes', () => {
  assert.ok(sendMany({ rate: 10_000_000 }).every((delay) => Math.abs(delay - 0.8) < 1e-6));
});

test('a limit that is lifted leaves no queue behind', () => {
  const link = new Link(seededRandom(1));
  link.set({ rate: 100_000, queue: 200 });
  for (let sent = 0; sent < 10; ++sent) link.send(1000, 0);
  link.set({});
  assert.ok(link.send(1000, 300) === 300);
});

test('the same seed gives the same losses', () => {
  assert.deepEqual(sendMany({ loss: 0.5 }), sendMany({ loss: 0.5 }));
});

async function boundSocket() {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}

test('the relay carries both ways, keeps browsers apart, and changes while it runs', async () => {
  const [server, ann, ben] = await Promise.all([boundSocket(), boundSocket(), boundSocket()]);
  server.on('message', (packet, { port }) => server.send(`re ${packet}`, port, '127.0.0.1'));
  const relay = await startRelay(server.address().port);
  const ask = async (socket, text) => {
    const answer = once(socket, 'message');
    socket.send(text, relay.port, '127.0.0.1');
    return String((await answer)[0]);
  };
  try {
    assert.deepEqual(await Promise.all([ask(ann, 'a'), ask(ben, 'b')]), ['re a', 're b']);
    await relay.set({ down: { delay: 60 } });
    const start = performance.now();
    assert.equal(await ask(ann, 'later'), 're later');
    assert.ok(performance.now() - start >= 58);
    await relay.set({ up: { loss: 1 } });
    ann.send('lost', relay.port, '127.0.0.1');
    ann.send('lost', relay.port, '127.0.0.1');
    let counts = await relay.counts();
    while (counts.up.lost < 2) counts = await relay.counts();
    assert.deepEqual(counts, { up: { taken: 5, lost: 2, overflowed: 0 }, down: { taken: 3, lost: 0, overflowed: 0 } });
  } finally {
    await relay.stop();
    for (const socket of [server, ann, ben]) socket.close();
  }
});
