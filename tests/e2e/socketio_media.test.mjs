// Media between pages of existing Socket.IO clients, whose libraries come from npm as they are.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Meeting } from './lib/meeting.mjs';
import { freeTcpPort } from './lib/server.mjs';
import { beepRecorder, callOfTwo, meshOfSimplePeers, peerChat } from './lib/socketio_pages.js';

const { resolve } = createRequire(import.meta.url);
const dist = (name, file) => join(dirname(resolve(`${name}/package.json`)), file);
const SCRIPTS = {
  'socket.io-client 4': dist('socket.io-client', 'dist/socket.io.js'),
  'socket.io-client 2.5': dist('socket.io-client-2', 'dist/socket.io.js'),
  peerjs: dist('peerjs', 'dist/peerjs.min.js'),
  'simple-peer': dist('simple-peer', 'simplepeer.min.js'),
};

let meeting, peerjsPort;
before(async () => {
  peerjsPort = await freeTcpPort();
  meeting = await Meeting.start(['--peerjs-port', String(peerjsPort)]);
});
afterEach(() => meeting.leaveAll());
after(() => meeting.close());

/** A page of the application, with camera and microphone; `run` is its script. */
async function open(scripts, run, argument) {
  const client = await meeting.openBlank();
  for (const script of scripts) await client.page.addScriptTag({ path: SCRIPTS[script] });
  await client.evaluate(run, argument);
  return client;
}

/** Pictures and sound of each connection of the page, so far. */
function received(client) {
  return client.evaluate(async () => {
    const sums = [];
    for (const connection of window.connections()) {
      const sum = { frames: 0, energy: 0 };
      for (const { type, framesDecoded = 0, totalAudioEnergy = 0 } of (await connection.getStats()).values()) {
        if (type !== 'inbound-rtp') continue;
        sum.frames += framesDecoded;
        sum.energy += totalAudioEnergy;
      }
      sums.push(sum);
    }
    return sums;
  });
}

/** Holds that the page gets pictures and sound from exactly `count` others, now. */
async function hearsAndSees(client, count) {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const before = await received(client);
    await sleep(1_200);
    const now = await received(client);
    const alive = now.filter(({ frames, energy }, i) => frames > (before[i]?.frames ?? Infinity) && energy > (before[i]?.energy ?? Infinity));
    if (now.length === count && alive.length === count) return;
    assert.ok(Date.now() < deadline, `${count} connections were to be alive: ${JSON.stringify({ before, now })}`);
  }
}

for (const library of ['socket.io-client 2.5', 'socket.io-client 4']) {
  test(`a call of two with ${library}: media both ways, and again after one of them left and came back`, async () => {
    const room = meeting.newRoom();
    const [ann, elsewhere] = await Promise.all([room, meeting.newRoom()].map((name) => open([library], callOfTwo, name)));
    const bob = await open([library], callOfTwo, room);
    await Promise.all([hearsAndSees(ann, 1), hearsAndSees(bob, 1)]);
    await bob.close();
    await sleep(300);
    const again = await open([library], callOfTwo, room);
    await Promise.all([hearsAndSees(ann, 1), hearsAndSees(again, 1)]);
    await hearsAndSees(elsewhere, 0);
  });
}

test('a PeerJS chat with a PeerServer of its own: who comes is seen, who goes is gone', async () => {
  const scripts = ['socket.io-client 4', 'peerjs'];
  const enter = (room) => open(scripts, peerChat, { room, options: { host: '/', port: String(peerjsPort) } });
  const room = meeting.newRoom();
  const [ann, bob, cleo, elsewhere] = await Promise.all([room, room, room, meeting.newRoom()].map(enter));
  await Promise.all([ann, bob, cleo].map((client) => hearsAndSees(client, 2)));
  await cleo.close();
  await Promise.all([ann, bob].map((client) => client.until(() => window.connections().length === 1, 'Cleo is gone')));
  await Promise.all([hearsAndSees(ann, 1), hearsAndSees(bob, 1), hearsAndSees(elsewhere, 0)]);
});

test('simple-peer 9.11: a mesh of three, p5LiveMedia\'s rooms apart from it', async () => {
  const scripts = ['socket.io-client 4', 'simple-peer'];
  const room = meeting.newRoom();
  const clients = await Promise.all([null, null, null, room, room].map((list) => open(scripts, meshOfSimplePeers, list)));
  const [everybody, pair] = [clients.slice(0, 3), clients.slice(3)];
  await Promise.all([...everybody.map((client) => hearsAndSees(client, 2)), ...pair.map((client) => hearsAndSees(client, 1))]);
  await everybody.pop().close();
  await Promise.all(everybody.map((client) => client.until(() => window.connections().length === 1, 'the third is gone')));
  await Promise.all([...everybody, ...pair].map((client) => hearsAndSees(client, 1)));
});

test('Beep: what MediaRecorder makes arrives whole and in order, and plays', async () => {
  const channel = meeting.newRoom();
  const [ann, bob, cleo, elsewhere] = await Promise.all(['Ann', 'Bob', 'Cleo', 'Dan'].map((name) => open(['socket.io-client 4'], beepRecorder, { name, channel: name === 'Dan' ? meeting.newRoom() : channel })));
  const sent = await ann.evaluate(() => window.record(20));
  assert.equal(sent.chunks, 20);
  assert.ok(sent.bytes > 20_000);
  for (const client of [bob, cleo]) {
    await client.until((count) => window.received.audio.length >= count, 'all chunks', { argument: sent.chunks });
    const got = await client.evaluate(() => window.digest());
    assert.deepEqual(got, { audio: sent, stream: sent });
  }
  for (const client of [ann, elsewhere]) assert.equal(await client.evaluate(() => window.received.audio.length), 0);
  const played = await bob.evaluate(() => window.play());
  assert.ok(played.frames > 10, JSON.stringify(played));
  assert.ok(played.width > 0);
  assert.ok(played.loudest > 0.01, JSON.stringify(played));
});

test('the page of a room defines ROOM_ID, and its root leads to one', async () => {
  const { page } = await meeting.open('/');
  const id = await page.evaluate('ROOM_ID');
  assert.equal(id, new URL(page.url()).pathname.slice(1));
  assert.match(id, /^[A-Za-z0-9_-]{1,64}$/);
  // A script may still declare it itself.
  assert.equal(await page.evaluate('(() => { const ROOM_ID = "own"; return ROOM_ID; })()'), 'own');
});

test('the client that the server hands out runs on its own page, or the answer says how to get it', async () => {
  const page = await meeting.openBlank();
  const response = await fetch(`${meeting.url}/socket.io/socket.io.js`);
  if (response.status === 404) return assert.match(await response.text(), /npm ci/);
  await page.page.addScriptTag({ url: '/socket.io/socket.io.js' });
  const id = await page.evaluate(() => new Promise((resolve) => {
    const socket = io('/');
    socket.on('connect', () => resolve(socket.id));
  }));
  assert.equal(typeof id, 'string');
});
