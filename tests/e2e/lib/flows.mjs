import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

const FIRST_MEDIA_TIMEOUT_MS = 20_000;
const OBSERVED_MS = 2_000;

/**
 * What arrives at a client, by track of the room.
 *
 * @param {import('./client.mjs').Client} client
 * @returns {Promise<{participant: string, name: string, source: string, kind: string, frames: number, energy: number, samples: number}[]>}
 */
export function readFlows(client) {
  return client.evaluate(async () => {
    const { participants, peerConnection } = window.parley;
    const entries = peerConnection ? [...(await peerConnection.getStats()).values()] : [];
    const flows = [];
    for (const { id, name, tracks } of participants.values()) {
      for (const { source, kind, mediaTrack } of tracks.values()) {
        const stats = entries.find((entry) => entry.type === 'inbound-rtp' && mediaTrack && entry.trackIdentifier === mediaTrack.id) ?? {};
        flows.push({
          participant: id, name, source, kind,
          frames: stats.framesDecoded ?? 0, energy: stats.totalAudioEnergy ?? 0, samples: stats.totalSamplesReceived ?? 0,
        });
      }
    }
    return flows;
  });
}

/** The flows whose pictures are decoded or whose sound is heard while one watches. */
export async function growingFlows(client, observedMs = OBSERVED_MS) {
  const before = await readFlows(client);
  await sleep(observedMs);
  const after = await readFlows(client);
  return after.filter(({ participant, source, kind, frames, energy }) => {
    const earlier = before.find((flow) => flow.participant === participant && flow.source === source);
    if (!earlier) return false;
    return kind === 'video' ? frames > earlier.frames : energy > earlier.energy;
  });
}

/**
 * Holds that each client receives exactly `expected` flows, and that every one of them is alive.
 *
 * @param {import('./client.mjs').Client[]} clients
 * @param {number} expected for each client
 */
export async function assertFlows(clients, expected) {
  await Promise.all(clients.map((client) => waitForMedia(client, expected)));
  const growing = await Promise.all(clients.map((client) => growingFlows(client)));
  const all = await Promise.all(clients.map((client) => readFlows(client)));
  for (const [index, client] of clients.entries()) {
    const words = (flows) => flows.map(({ name, source, frames, energy }) => `${name}/${source} frames ${frames} energy ${energy.toExponential(1)}`).join('; ');
    assert.equal(all[index].length, expected, `${client.name} has ${words(all[index])}`);
    assert.equal(growing[index].length, expected, `${client.name}: alive are ${words(growing[index])} of ${words(all[index])}`);
  }
  return growing.flat().length;
}

/** Waits until exactly these sources are alive: what was sent before a mute may still be on its way. */
export async function untilAlive(client, sources, attempts = 5) {
  let alive;
  for (let attempt = 0; attempt < attempts; ++attempt) {
    alive = (await growingFlows(client)).map(({ source }) => source).sort();
    if (alive.join() === [...sources].sort().join()) return;
  }
  assert.deepEqual(alive, [...sources].sort(), `${client.name} receives`);
}

async function waitForMedia(client, expected) {
  const end = performance.now() + FIRST_MEDIA_TIMEOUT_MS;
  for (;;) {
    const flows = await readFlows(client);
    if (flows.filter(({ frames, energy }) => frames > 0 || energy > 0).length >= expected || performance.now() > end) return;
    await sleep(100);
  }
}
