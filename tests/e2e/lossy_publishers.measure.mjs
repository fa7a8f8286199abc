import { after, afterEach, before, test } from 'node:test';
import { untilAlive } from './lib/flows.mjs';
import { Meeting } from './lib/meeting.mjs';
import { assertRate, NETWORKS, observe, observeSent } from './lib/observe.mjs';

const MEDIA = { camera: { width: 320, height: 240, frameRate: 20 }, microphone: true, subscribe: 'none' };

let meeting;
before(async () => { meeting = await Meeting.start(); });
afterEach(() => meeting.leaveAll());
after(() => meeting.close());

/** Publishers over a good network and over bad ones, seen by one viewer whose network is good. */
async function publishers(title, networks) {
  const room = meeting.newRoom();
  const senders = {};
  for (const [name, network] of Object.entries({ clean: undefined, ...networks }))
    senders[name] = await meeting.joinAlone(room, name, { ...MEDIA, relay: network && await meeting.relay(network) });
  const client = await meeting.joinAlone(room, 'viewer');
  const names = Object.keys(senders);
  await untilAlive(client, names.flatMap(() => ['camera', 'microphone']));
  const [received] = await Promise.all([
    observe(title, Object.fromEntries(names.map((publisher) => [publisher, { client, publisher }]))),
    observeSent(title, senders),
  ]);
  return received;
}

test('publishers who lose 5 % and 10 % of the packets both ways are seen with at least 90 % and 75 % of the frames', async () => {
  const results = await publishers('publishers', { 'loses 5 %': NETWORKS.loses5, 'loses 10 %': NETWORKS.loses10 });
  assertRate(results, 'loses 5 %', 0.9);
  assertRate(results, 'loses 10 %', 0.75);
});

test('publishers whose packets are lost in bursts or overtake each other are seen with at least 85 % and 90 % of the frames', async () => {
  const results = await publishers('publishers in bursts', { 'loses in bursts': NETWORKS.losesInBursts, 'is reordered': NETWORKS.reorders });
  assertRate(results, 'loses in bursts', 0.85);
  assertRate(results, 'is reordered', 0.9);
});
