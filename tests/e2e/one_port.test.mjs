import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { assertFlows } from './lib/flows.mjs';
import { Meeting } from './lib/meeting.mjs';
import { udpPorts } from './lib/sockets.mjs';

let meeting;
before(async () => { meeting = await Meeting.start(); });
afterEach(() => meeting.leaveAll());
after(() => meeting.close());

test('all of a call between browsers goes through the one UDP port', async () => {
  const { pid, rtcPort } = meeting.server;
  const idle = await udpPorts(pid);
  const room = meeting.newRoom();
  const media = { camera: { width: 320, height: 240, frameRate: 10 }, microphone: true };
  const clients = [await meeting.joinAlone(room, 'Ann', media), await meeting.joinAlone(room, 'Ben', media), await meeting.join(room, 'Fox', { browser: await meeting.firefox() })];
  await assertFlows(clients, 4);
  const calling = await udpPorts(pid);
  assert.deepEqual([...new Set(calling)], [rtcPort]);
  assert.equal(calling.length, idle.length, 'no participant brings a socket along');
});
