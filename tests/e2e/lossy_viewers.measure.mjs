import { after, afterEach, before, test } from 'node:test';
import { untilAlive } from './lib/flows.mjs';
import { Meeting } from './lib/meeting.mjs';
import { assertRate, NETWORKS, observe } from './lib/observe.mjs';

const MEDIA = { camera: { width: 320, height: 240, frameRate: 20 }, microphone: true };

let meeting;
before(async () => { meeting = await Meeting.start(); });
afterEach(() => meeting.leaveAll());
after(() => meeting.close());

/** One publisher, seen over a good network and over bad ones. */
async function viewers(networks) {
  const room = meeting.newRoom();
  await meeting.joinAlone(room, 'Ann', MEDIA);
  const join = async (name, network) => ({
    client: await meeting.joinAlone(room, name, { relay: network && await meeting.relay(network) }), publisher: 'Ann',
  });
  const flows = { clean: await join('clean') };
  for (const [name, network] of Object.entries(networks)) flows[name] = await join(name, network);
  await Promise.all(Object.values(flows).map(({ client }) => untilAlive(client, ['camera', 'microphone'])));
  return flows;
}

test('viewers who lose 5 % and 10 % of the packets both ways see at least 90 % and 75 % of the frames', async () => {
  const results = await observe('random', await viewers({ 'loses 5 %': NETWORKS.loses5, 'loses 10 %': NETWORKS.loses10 }));
  assertRate(results, 'loses 5 %', 0.9);
  assertRate(results, 'loses 10 %', 0.75);
});

test('viewers whose packets are lost in bursts or overtake each other see at least 85 % and 90 % of the frames', async () => {
  const results = await observe('bursts', await viewers({ 'loses in bursts': NETWORKS.losesInBursts, 'is reordered': NETWORKS.reorders }));
  assertRate(results, 'loses in bursts', 0.85);
  assertRate(results, 'is reordered', 0.9);
});
