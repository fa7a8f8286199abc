import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Meeting } from './lib/meeting.mjs';

let meeting;
before(async () => { meeting = await Meeting.start(); });
afterEach(() => meeting.leaveAll());
after(() => meeting.close());

/** Wide enough that a browser sends it in three layers. */
const CAMERA = { width: 960, height: 540, frameRate: 20 };
const PATIENCE_MS = 45_000;
/** A busy machine encodes three layers slowly. */
const LONGEST_GAP_MS = 2_500;
/** So long a browser that cannot go on waits before it asks for a keyframe itself. */
const LONGEST_WAIT_MS = 3_000;

/** A busy machine makes Chromium send a smaller picture than is captured. */
const large = ({ width }) => width > CAMERA.width / 2;

/** Runs in the page: the first picture that comes. */
async function picture() {
  const [{ tracks }] = window.parley.participants.values();
  const { id, layers } = [...tracks.values()].find(({ kind }) => kind === 'video');
  const stats = [...(await window.parley.peerConnection.getStats()).values()];
  const { frameWidth = 0, framesDecoded = 0, codecId } = stats.find(({ type, kind }) => type === 'inbound-rtp' && kind === 'video') ?? {};
  return { track: id, layers, width: frameWidth, frames: framesDecoded, codec: stats.find((entry) => entry.id === codecId)?.mimeType, gap: window.gap?.longest };
}

/** Runs in the page: notes the longest time without a new frame, from now on. */
function watchGaps() {
  const watching = { last: performance.now(), longest: 0 };
  window.gap = watching;
  const video = document.querySelector('video');
  const seen = () => {
    const now = performance.now();
    watching.longest = Math.max(watching.longest, now - watching.last);
    watching.last = now;
    if (window.gap === watching) video.requestVideoFrameCallback(seen);
  };
  video.requestVideoFrameCallback(seen);
}

/** Waits until `holds` of the picture, and then for ten more. */
async function untilPicture(client, what, holds) {
  const end = performance.now() + PATIENCE_MS;
  let since = null;
  for (;;) {
    const now = await client.evaluate(picture);
    since = holds(now) ? since ?? now.frames : null;
    if (since !== null && now.frames >= since + 10) return now;
    assert.ok(performance.now() < end, `${client.name} waited in vain for ${what}: ${JSON.stringify(now)}`);
    await sleep(50);
  }
}

/** Ann's camera, and what Ben is sent of it, as the server tells. */
async function serversView(room) {
  const [ann, ben] = (await meeting.roomState(room)).participants;
  return { layers: ann.tracks[0].layers, subscription: ben.subscriptions[0] };
}

async function untilServer(room, what, holds) {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    const view = await serversView(room);
    if (holds(view)) return view;
    assert.ok(performance.now() < end, `waited in vain for ${what}: ${JSON.stringify(view)}`);
    await sleep(200);
  }
}

for (const codec of ['VP9', 'H264', 'AV1']) {
  test(`each of the three layers in ${codec} comes to whoever asks for it, without a freeze between them`, async () => {
    const room = meeting.newRoom();
    await meeting.joinAlone(room, 'Ann', { camera: CAMERA, prefers: codec });
    const ben = await meeting.joinAlone(room, 'Ben');
    const first = await untilPicture(ben, 'the large picture', large);
    assert.equal(first.codec, `video/${codec}`);
    assert.deepEqual(first.layers, ['q', 'h', 'f']);
    await untilServer(room, 'three layers of three temporal ones', ({ layers }) => layers.length === 3 && layers.every(({ active, temporalLayers }) => active && temporalLayers === 3));
    await ben.evaluate(watchGaps);
    for (const [layer, parts] of [['q', 4], ['h', 2], ['f', 1], ['q', 4], ['', 1]]) {
      await ben.evaluate(([track, rid]) => window.parley.subscribe(track, { layer: rid }), [first.track, layer]);
      await untilPicture(ben, `layer "${layer}"`, ({ width }) => width > CAMERA.width / parts / 2 && width <= CAMERA.width / parts);
    }
    const { gap } = await ben.evaluate(picture);
    assert.ok(gap < LONGEST_GAP_MS, `${Math.round(gap)} ms without a picture`);
  });
}

const GOOD = { delay: 20 };
const NARROW = { delay: 20, rate: 250_000, queue: 200 };

/** One stream with layers in it: seen over a network that becomes narrow, then good again. */
async function overNarrowNetwork(codec, mode, { isLess, isAll }) {
  const room = meeting.newRoom();
  const relay = await meeting.relay({ down: GOOD, up: GOOD });
  await meeting.joinAlone(room, 'Ann', { camera: CAMERA, prefers: codec, svc: mode });
  const ben = await meeting.joinAlone(room, 'Ben', { relay });
  await untilPicture(ben, 'the large picture', large);
  await untilServer(room, 'all layers', isAll);
  await ben.evaluate(watchGaps);
  await relay.set({ down: NARROW });
  await untilServer(room, 'less', isLess);
  await sleep(1_000); // what was under way
  const narrow = await untilPicture(ben, 'pictures of it', () => true);
  await relay.set({ down: GOOD });
  await untilServer(room, 'all layers again', isAll);
  const again = await untilPicture(ben, 'the large picture', large);
  assert.ok(again.gap < LONGEST_WAIT_MS, `${Math.round(again.gap)} ms without a picture`);
  return narrow;
}

for (const codec of ['AV1', 'H264']) {
  test(`of ${codec}'s temporal layers a narrow network gets fewer, and all of them again`, async () => {
    const narrow = await overNarrowNetwork(codec, 'L1T3', {
      isLess: ({ subscription }) => subscription.layer?.temporal < 2,
      isAll: ({ subscription, layers }) => layers[0].temporalLayers === 3 && subscription.layer?.temporal === 2,
    });
    assert.ok(large(narrow), `${narrow.width} pixels wide: the picture stays as large as it is`);
  });
}

for (const [codec, mode] of [['AV1', 'L3T3'], ['AV1', 'L3T3_KEY'], ['VP9', 'L3T3'], ['VP9', 'L3T3_KEY']]) {
  test(`of the spatial layers in a stream of ${codec} ${mode} a narrow network gets a smaller one, and the largest again`, async () => {
    const narrow = await overNarrowNetwork(codec, mode, {
      isLess: ({ subscription }) => subscription.layer?.spatial < 2,
      isAll: ({ subscription, layers }) => layers[0].spatialLayers === 3 && subscription.layer?.spatial === 2,
    });
    assert.ok(!large(narrow), `${narrow.width} pixels wide`);
  });
}
