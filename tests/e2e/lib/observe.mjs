import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { keep } from './artifacts.mjs';

const OBSERVED_MS = 20_000;
const DELAY_MS = 20;

/** @param {import('./link.mjs').Impairment} impairment */
const bothWays = (impairment) => ({ up: { delay: DELAY_MS, ...impairment }, down: { delay: DELAY_MS, ...impairment } });

/** Networks that tests put participants behind. */
export const NETWORKS = {
  loses5: bothWays({ loss: 0.05 }),
  loses10: bothWays({ loss: 0.1 }),
  /** 5 %, in runs of four packets on average. */
  losesInBursts: bothWays({ burst: { enter: 0.0132, leave: 0.25 } }),
  reorders: bothWays({ jitter: 25, reordering: true }),
};

/** Runs in the page: what is known of the pictures and the sound of each publisher, by name. */
async function received() {
  const stats = [...(await window.parley.peerConnection.getStats()).values()].filter(({ type }) => type === 'inbound-rtp');
  const flows = {};
  for (const { name, tracks } of window.parley.participants.values()) {
    const flow = {};
    for (const { kind, mediaTrack } of tracks.values()) {
      const found = stats.find(({ trackIdentifier }) => trackIdentifier === mediaTrack?.id);
      if (found) flow[kind] = found;
    }
    if (flow.video && flow.audio) flows[name] = flow;
  }
  return flows;
}

/** What a client received of a publisher while one watched. */
function difference(before, later) {
  const of = (kind, name) => (later[kind][name] ?? 0) - (before[kind][name] ?? 0);
  return {
    frames: of('video', 'framesDecoded'), fps: (of('video', 'framesDecoded') * 1000) / (later.video.timestamp - before.video.timestamp),
    freezes: of('video', 'freezeCount'), frozenSeconds: of('video', 'totalFreezesDuration'),
    keyframes: of('video', 'keyFramesDecoded'), keyframeRequests: of('video', 'pliCount'), nacks: of('video', 'nackCount'),
    lost: of('video', 'packetsLost'), retransmitted: of('video', 'retransmittedPacketsReceived'),
    concealed: of('audio', 'concealedSamples') / Math.max(1, of('audio', 'totalSamplesReceived')),
  };
}

/**
 * Watches everyone at once, says what each received of `publisher`, and keeps it among the artefacts.
 * Compare with a flow of the same call on a good network: a busy machine slows both.
 *
 * @param {string} title
 * @param {Record<string, {client: import('./lib/client.mjs').Client, publisher: string}>} flows
 */
export async function observe(title, flows, observedMs = OBSERVED_MS) {
  const read = () => Promise.all(Object.values(flows).map(async ({ client, publisher }) => (await client.evaluate(received))[publisher]));
  const before = await read();
  await sleep(observedMs);
  const later = await read();
  const results = Object.fromEntries(Object.keys(flows).map((name, index) => [name, difference(before[index], later[index])]));
  await keep(`loss-${title}`, results);
  for (const [name, { fps, freezes, frozenSeconds, keyframes, keyframeRequests, nacks, lost, retransmitted, concealed }] of Object.entries(results)) {
    console.log(`${title}, ${name}: ${fps.toFixed(1)} fps, ${freezes} freezes of ${frozenSeconds.toFixed(1)} s, ${keyframes} keyframes for ${keyframeRequests} requests, `
      + `${nacks} nacks, ${retransmitted} retransmitted, ${lost} lost, ${(concealed * 100).toFixed(1)} % of the sound concealed`);
  }
  return results;
}

/** Runs in the page: what it sends of its camera. */
async function sent() {
  const stats = [...(await window.parley.peerConnection.getStats()).values()];
  const streams = stats.filter(({ type, kind }) => type === 'outbound-rtp' && kind === 'video');
  const best = streams.reduce((one, other) => ((other.framesEncoded ?? 0) > (one.framesEncoded ?? 0) ? other : one));
  return { ...best, estimate: stats.find(({ availableOutgoingBitrate }) => availableOutgoingBitrate)?.availableOutgoingBitrate ?? 0 };
}

/**
 * Watches what publishers send meanwhile, by name, and says it: a publisher that makes fewer pictures, because
 * it thinks little of its network, is not the server's loss.
 *
 * @param {string} title
 * @param {Record<string, import('./client.mjs').Client>} publishers
 */
export async function observeSent(title, publishers, observedMs = OBSERVED_MS) {
  const read = () => Promise.all(Object.values(publishers).map((client) => client.evaluate(sent)));
  const before = await read();
  await sleep(observedMs);
  const later = await read();
  const results = Object.fromEntries(Object.keys(publishers).map((name, index) => {
    const of = (value) => (later[index][value] ?? 0) - (before[index][value] ?? 0);
    const seconds = (later[index].timestamp - before[index].timestamp) / 1000;
    const { frameWidth, qualityLimitationReason, estimate } = later[index];
    return [name, {
      fps: of('framesEncoded') / seconds, kilobits: Math.round((of('bytesSent') * 8) / 1000 / seconds), keyframes: of('keyFramesEncoded'),
      packets: of('packetsSent'), retransmitted: of('retransmittedPacketsSent'), nacks: of('nackCount'), keyframeRequests: of('pliCount') + of('firCount'),
      frameWidth, qualityLimitationReason, estimate: Math.round(estimate / 1000),
    }];
  }));
  await keep(`sent-${title}`, results);
  for (const [name, sentBy] of Object.entries(results)) {
    console.log(`${title}, ${name} sent: ${sentBy.fps.toFixed(1)} fps ${sentBy.frameWidth} wide, ${sentBy.kilobits} kbit/s of ${sentBy.estimate}, limited by ${sentBy.qualityLimitationReason}, `
      + `${sentBy.keyframes} keyframes for ${sentBy.keyframeRequests} requests, ${sentBy.retransmitted} of ${sentBy.packets} packets again for ${sentBy.nacks} nacks`);
  }
  return results;
}

/** Holds that `name` shows at least this share of the frames that `clean` shows. */
export function assertRate(results, name, share) {
  const ratio = results[name].frames / results.clean.frames;
  assert.ok(ratio >= share, `${name} shows ${(ratio * 100).toFixed(1)} % of the frames, not ${share * 100} %`);
}
