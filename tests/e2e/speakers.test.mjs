import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, afterEach, before, test } from 'node:test';
import { Meeting } from './lib/meeting.mjs';

let meeting;
before(async () => { meeting = await Meeting.start(['--last-n', '2']); });
afterEach(() => meeting.leaveAll());
after(() => meeting.close());

const WITHIN_MS = 8_000;

/** A microphone that is silent until `window.speak(true)`, and then says syllable after syllable. */
function quietMicrophone(page) {
  return page.addInitScript(() => {
    const capture = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (constraints) => {
      const stream = await capture(constraints);
      const [microphone] = stream.getAudioTracks();
      if (!microphone) return stream;
      const context = new AudioContext();
      const voice = new OscillatorNode(context, { frequency: 300 });
      const mouth = new GainNode(context, { gain: 0 });
      const output = new MediaStreamAudioDestinationNode(context);
      voice.connect(mouth).connect(output);
      voice.start();
      let speaking = false;
      setInterval(() => {
        const open = speaking && Date.now() % 250 < 180;
        mouth.gain.value = open ? 0.3 : 0;
      }, 20);
      Object.assign(window, {
        speak: async (wanted) => {
          await context.resume();
          speaking = wanted;
        },
      });
      stream.removeTrack(microphone);
      microphone.stop();
      stream.addTrack(output.stream.getAudioTracks()[0]);
      return stream;
    };
  });
}

const join = (room, name) => meeting.join(room, name, { before: quietMicrophone });

/** Only who speaks from now on. */
async function speaks(speaker, all) {
  for (const client of all) {
    await client.page.mouse.move(5, 5);
    await client.evaluate((wanted) => window.speak(wanted), client === speaker);
  }
}

/** Polls the room's state until `holds` of it is true; fails with the last state. */
async function untilState(room, holds, what) {
  let state;
  for (const end = Date.now() + WITHIN_MS; Date.now() < end; await sleep(100)) {
    state = await meeting.roomState(room);
    if (state && holds(state)) return state;
  }
  throw new Error(`in vain waited for ${what}: ${JSON.stringify(state)}`);
}

const of = (state, name) => state.participants.find((participant) => participant.name === name);
const cameraOf = (state, name) => of(state, name).tracks.find(({ source }) => source === 'camera');
/** What of somebody's camera goes to a viewer. */
const view = (state, viewer, publisher) => {
  const camera = cameraOf(state, publisher);
  return of(state, viewer).subscriptions.find(({ track }) => track === camera?.id);
};
const stands = (state, viewer, publisher) => view(state, viewer, publisher)?.state;

test('who makes sound has the floor, and with last-N = 1 theirs is the one camera that flows', async () => {
  const room = meeting.newRoom();
  const created = await fetch(`${meeting.url}/api/rooms`, { method: 'POST', body: JSON.stringify({ id: room, lastN: 1 }) });
  assert.equal(created.status, 201);
  const people = [await join(room, 'Ann'), await join(room, 'Ben'), await join(room, 'Cid')];
  const [ann, ben, cid] = people;

  const silent = await untilState(room, (state) => stands(state, 'Cid', 'Ann') === 'flowing' && stands(state, 'Cid', 'Ben') === 'held', 'the first who joined');
  assert.equal(silent.lastN, 1);
  assert.equal(silent.dominantSpeaker, undefined);

  await speaks(cid, people);
  const heard = await untilState(room, (state) => state.dominantSpeaker === of(state, 'Cid').id && stands(state, 'Ann', 'Cid') === 'flowing', 'Cid with the floor');
  assert.equal(stands(heard, 'Ann', 'Ben'), 'held');
  assert.equal(stands(heard, 'Ben', 'Ann'), 'held');
  assert.equal(view(heard, 'Ann', 'Cid').preferred, true);

  await speaks(ben, people);
  const switched = await untilState(room, (state) => state.dominantSpeaker === of(state, 'Ben').id && stands(state, 'Ann', 'Ben') === 'flowing', 'Ben with the floor');
  assert.equal(stands(switched, 'Ann', 'Cid'), 'held');
  // Who speaks sees the speaker before, not nobody.
  assert.equal(stands(switched, 'Ben', 'Cid'), 'flowing');

  // What is held does not come, what flows does.
  const counts = (state) => ['Ben', 'Cid'].map((name) => view(state, 'Ann', name).packets);
  const before = counts(await meeting.roomState(room));
  await sleep(2500);
  const later = counts(await meeting.roomState(room));
  assert.ok(later[0] > before[0], `${before} ${later}`);
  assert.equal(later[1], before[1]);

  await speaks(null, people);
  await sleep(1500);
  assert.equal((await meeting.roomState(room)).dominantSpeaker, of(switched, 'Ben').id);
  await ann.screenshot('last-n');
});

test('the operator changes last-N while people talk', async () => {
  const room = meeting.newRoom();
  for (const name of ['Ann', 'Ben', 'Cid', 'Dan']) await join(room, name);
  const states = (state) => ['Ann', 'Ben', 'Cid'].map((name) => stands(state, 'Dan', name)).join();
  await untilState(room, (state) => states(state) === 'flowing,flowing,held', "the server's own last-N of 2");
  const changed = await fetch(`${meeting.url}/api/rooms/${room}`, { method: 'PATCH', body: '{"lastN": 0}' });
  assert.equal(changed.status, 200);
  await untilState(room, (state) => states(state) === 'flowing,flowing,flowing', 'all cameras');
});

test('REST and /metrics tell what flows', async () => {
  const room = meeting.newRoom();
  await Promise.all([join(room, 'Ann'), join(room, 'Ben')]);
  const state = await untilState(room, (now) => view(now, 'Ben', 'Ann')?.bitrate > 10_000
    && cameraOf(now, 'Ann').layers?.some(({ bitrate }) => bitrate > 10_000)
    && of(now, 'Ben').bandwidth?.rttMs !== undefined, 'measured media');
  const sent = view(state, 'Ben', 'Ann');
  assert.equal(sent.state, 'flowing');
  assert.equal(typeof sent.loss, 'number');
  assert.ok(sent.packets > 0 && sent.lost >= 0);
  const [layer] = cameraOf(state, 'Ann').layers;
  assert.ok(layer.ssrc > 0 && layer.active);
  const metrics = await (await fetch(`${meeting.url}/metrics`)).text();
  const value = (line) => Number(new RegExp(`^${line.replace(/[{}]/g, '\\$&')} (.*)$`, 'm').exec(metrics)?.[1]);
  assert.ok(value('parley_media_packets_total{direction="out",kind="video"}') > 10);
  assert.ok(value('parley_joins_total') >= 2);
  assert.ok(value('process_resident_memory_bytes') > 1e6);
  assert.ok(value('parley_subscriptions{state="flowing"}') >= 2);
  const graph = await (await fetch(`${meeting.url}/api/rooms/${room}/graph.dot`)).text();
  assert.match(graph, /camera · VP8 .*· flowing/);
});
