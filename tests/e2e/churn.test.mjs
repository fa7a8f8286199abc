import assert from 'node:assert/strict';
import { get } from 'node:http';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { settledUsage, usageOf } from '../server_e2e/lib/process.mjs';
import { Crowd } from './lib/crowd.mjs';
import { startServer } from './lib/server.mjs';

/** How many join and leave; scripts/check lets a hundred do so. */
const VISITS = Number(process.env.PARLEY_CHURN ?? 50);
/** What malloc keeps more or less of; a participant takes some 600 KiB while it is there. */
const NOISE_KIB = 6 * 1024;
const STOP_MS = 5_000;

let server;
let crowd;
before(async () => {
  server = await startServer();
  crowd = await Crowd.open(server.url);
});
after(async () => {
  await crowd.close();
  await server.stop();
});

/** Participants in all rooms, kept seats included; over a connection that does not stay. */
function participants({ url }) {
  return new Promise((resolve, reject) => {
    get(`${url}/metrics`, { agent: false }, (response) => {
      let text = '';
      response.on('data', (part) => { text += part; });
      response.on('end', () => resolve(Number(/^parley_participants (\d+)/m.exec(text)[1])));
    }).on('error', reject);
  });
}

/** What the server holds when only `count` participants are left and what they used has ended. */
async function usageWith(count, before) {
  for (let i = 0; i < 200 && await participants(server) > count; ++i) await sleep(50);
  assert.equal(await participants(server), count);
  // A DTLS connection is held by the timer of its last handshake message.
  await sleep(2_500);
  return before ? settledUsage(server.pid, before) : usageOf(server.pid);
}

const words = ({ threads, fds, rssKiB }) => `${threads} threads, ${fds} files, ${rssKiB} KiB`;

function assertGivenBack(before, now) {
  assert.ok(now.threads <= before.threads && now.fds <= before.fds, `${words(before)} became ${words(now)}`);
  assert.ok(now.rssKiB - before.rssKiB < NOISE_KIB, `${words(before)} became ${words(now)}`);
}

test(`${VISITS} joins and leaves give back threads, files and memory, and leave a resident's SDP as long as it was`, async () => {
  const resident = await crowd.stay('churn');
  await crowd.visit('churn', 10, 2);
  const before = await usageWith(1);
  const first = await crowd.sdpLength(resident);
  await crowd.visit('churn', VISITS, 2);
  const last = await crowd.sdpLength(resident);
  const now = await usageWith(1, before);
  console.log(`before ${words(before)}; after ${VISITS} joins and leaves ${words(now)}`);
  console.log(`the resident's SDP: ${first} bytes at two visitors, ${last} after ${VISITS} more`);
  assertGivenBack(before, now);
  assert.ok(last <= 1.2 * first, `${first} bytes became ${last}`);
});

test('leaving at 50 random moments of joining and negotiating gives back threads, files and memory', async () => {
  await crowd.leaveAtRandom('churn', 10);
  const before = await usageWith(1);
  await crowd.leaveAtRandom('churn', 50);
  const now = await usageWith(1, before);
  console.log(`before ${words(before)}; after leaving at 50 moments ${words(now)}`);
  assertGivenBack(before, now);
});

test('a server that is stopped in the midst of calls and joins ends cleanly, and no GStreamer object is left', async () => {
  const traced = await startServer([], { env: { GST_TRACERS: 'leaks', GST_DEBUG: 'GST_TRACER:7', GST_DEBUG_NO_COLOR: '1' } });
  const others = await Crowd.open(traced.url);
  try {
    for (let i = 0; i < 2; ++i) await others.stay('ending');
    await others.visit('ending', 5);
    await others.leaveAtRandom('ending', 20);
    const joining = others.leaveAtRandom('ending', 10, { atOnce: 10, longest: 2_000 }).catch(() => {});
    await sleep(300);
    const start = performance.now();
    await traced.stop();
    const took = performance.now() - start;
    console.log(`stopped in ${Math.round(took)} ms`);
    assert.ok(took < STOP_MS, `it took ${Math.round(took)} ms`);
    const alive = traced.log.filter((line) => /object-alive, type-name=\(string\)Gst/.test(line));
    // The dtls plugin keeps one certificate for the life of the process: that, and no more.
    assert.ok(alive.length === 1 && alive[0].includes('GstDtlsAgent'), `alive:\n${alive.join('\n')}`);
    await joining;
  } finally {
    await others.close();
    await traced.stop().catch(() => {}); // where the test failed before; a child keeps this process alive
  }
});
