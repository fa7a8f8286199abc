import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, afterEach, before, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { usageOf } from '../server_e2e/lib/process.mjs';
import { assertFlows, growingFlows } from './lib/flows.mjs';
import { Meeting } from './lib/meeting.mjs';

const FLOOD_SECONDS = 5;
const PACKETS_PER_SECOND = 20_000;

let meeting;
before(async () => { meeting = await Meeting.start(); });
afterEach(() => meeting.leaveAll());
after(() => meeting.close());

async function metric(name) {
  const text = await (await fetch(`${meeting.url}/metrics`)).text();
  return Number(new RegExp(`^${name.replace(/[{}]/g, '\\$&')} (\\d+)`, 'm').exec(text)[1]);
}

/** What a stranger on the way can have seen of a call: user fragments and SSRCs. */
function knownOf(client) {
  return client.evaluate(async () => {
    const { peerConnection } = window.parley;
    const ufrags = [peerConnection.remoteDescription, peerConnection.localDescription].map(({ sdp }) => /^a=ice-ufrag:(.*?)\r?$/m.exec(sdp)[1]);
    const ssrcs = [...(await peerConnection.getStats()).values()].map(({ ssrc }) => ssrc).filter(Boolean);
    return { ufrags, ssrcs };
  });
}

test('a flood of STUN, DTLS and RTP from strangers disturbs no call and costs no memory', async () => {
  const room = meeting.newRoom();
  const clients = [await meeting.join(room, 'Ann'), await meeting.join(room, 'Ben')];
  await assertFlows(clients, 2);
  for (const client of clients) {
    await client.evaluate(() => {
      window.disturbances = [];
      for (const name of ['state', 'participant-left', 'track-removed', 'left']) {
        window.parley.addEventListener(name, ({ detail }) => window.disturbances.push(`${name} ${detail?.state ?? ''}`));
      }
    });
  }
  const known = await Promise.all(clients.map(knownOf));
  const before = usageOf(meeting.server.pid);
  const droppedBefore = await metric('parley_packets_dropped_total{reason="unknown_address"}');
  const worker = new Worker(new URL('./lib/flood_worker.mjs', import.meta.url), {
    workerData: {
      port: meeting.server.rtcPort, seconds: FLOOD_SECONDS, packetsPerSecond: PACKETS_PER_SECOND,
      ufrags: known.flatMap(({ ufrags }) => ufrags), ssrcs: known.flatMap(({ ssrcs }) => ssrcs),
    },
  });
  const flooded = once(worker, 'message');
  const growing = await Promise.all(clients.map((client) => growingFlows(client, (FLOOD_SECONDS - 1) * 1_000)));
  const [{ sent, replies }] = await flooded;
  const now = usageOf(meeting.server.pid);
  const dropped = await metric('parley_packets_dropped_total{reason="unknown_address"}') - droppedBefore;
  console.log(`${sent} packets sent, ${dropped} dropped as of unknown addresses, ${replies} replied to; ${before.rssKiB} KiB before, ${now.rssKiB} after`);
  assert.deepEqual(growing.map((flows) => flows.length), [2, 2], 'every flow went on during the flood');
  for (const client of clients) assert.deepEqual(await client.evaluate(() => window.disturbances), []);
  assert.equal(replies, 0, 'a stranger is answered nothing');
  assert.equal(await metric('parley_transport_connections'), 2);
  assert.ok(now.threads <= before.threads, `${before.threads} threads became ${now.threads}`);
  assert.ok(now.rssKiB - before.rssKiB < 16 * 1024, `${before.rssKiB} KiB became ${now.rssKiB}`);
  await assertFlows(clients, 2);
});

test('a fingerprint that is not the certificate\'s ends that connection and says so; nothing flows on it', async () => {
  const room = meeting.newRoom();
  const ann = await meeting.join(room, 'Ann');
  await ann.evaluate(() => {
    window.received = 0;
    window.parley.addEventListener('track-media', () => { window.received += 1; });
  });
  // The first answer speaks of another certificate, as one who changes messages on their way would have it.
  const before = (page) => page.addInitScript(() => {
    const send = WebSocket.prototype.send;
    window.reasons = [];
    window.connected = [];
    WebSocket.prototype.send = function sendTampered(text) {
      const tamper = !window.tampered && typeof text === 'string' && text.includes('"type":"answer"');
      window.tampered ||= tamper;
      this.addEventListener('message', ({ data }) => {
        const { type, reason } = JSON.parse(data);
        if (type === 'transport-closed' && !window.reasons.includes(reason)) window.reasons.push(reason);
      });
      send.call(this, tamper ? text.replaceAll(/(a=fingerprint:sha-256 )([0-9A-F]{2})/g, (_, head, byte) => `${head}${byte === '00' ? '11' : '00'}`) : text);
    };
  });
  const ben = await meeting.join(room, 'Ben', { before });
  await ben.until(() => window.reasons.length > 0, 'the reason');
  assert.deepEqual(await ben.evaluate(() => window.reasons), ['fingerprint_mismatch']);
  assert.ok(meeting.server.log.some((line) => line.includes('fingerprint_mismatch')));
  // With the right fingerprint the same seat comes back, and everything flows.
  await ben.until(() => window.parley.state === 'joined' && window.parley.peerConnection?.connectionState === 'connected', 'a new connection');
  await assertFlows([ann, ben], 2);
});
