import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planEncodings } from '../../../web/client/encodings.js';
import { chooseLayer, drawnLines } from '../../../web/page/layers.js';
import { Wishes } from '../../../web/page/wishes.js';
import { FakeClock, settle } from '../fakes/clock.mjs';

const RIDS = [{ rid: 'q' }, { rid: 'h' }, { rid: 'f' }];
const plan = (sent, encodings = RIDS) => planEncodings(encodings, { source: 'camera', simulcast: true, ...sent });
const active = (planned) => planned.filter(({ active: on }) => on).map(({ rid }) => rid);

test('a camera goes out in three sizes, each with the bits its pixels need', () => {
  const planned = plan({ width: 960, height: 540 });
  assert.deepEqual(active(planned), ['q', 'h', 'f']);
  assert.deepEqual(planned.map(({ scaleResolutionDownBy }) => scaleResolutionDownBy), [4, 2, 1]);
  assert.deepEqual(planned.map(({ maxBitrate }) => maxBitrate), [97_500, 280_000, 1_000_000]);
  for (const { scalabilityMode } of planned) assert.equal(scalabilityMode, 'L1T3');
});

test('a larger picture gets more bits, the largest no more than the table knows', () => {
  assert.equal(plan({ width: 1280, height: 720 })[2].maxBitrate, 1_700_000);
  assert.equal(plan({ width: 3840, height: 2160 })[2].maxBitrate, 3_000_000);
});

test('a small picture goes out in fewer sizes, its own among them', () => {
  assert.deepEqual(active(plan({ width: 640, height: 360 })), ['h', 'f']);
  assert.deepEqual(active(plan({ width: 360, height: 640 })), ['h', 'f'], 'a phone held upright');
  assert.deepEqual(active(plan({ width: 320, height: 180 })), ['f']);
  assert.deepEqual(active(plan({ width: 640, height: 480 })), ['h', 'f']);
  assert.deepEqual(active(plan({})), ['q', 'h', 'f'], 'before its size is known');
});

test('a screen goes out in two sizes, and what wants none of it in one', () => {
  assert.deepEqual(active(plan({ source: 'screen', width: 1920, height: 1080 })), ['h', 'f']);
  assert.deepEqual(active(plan({ simulcast: false, width: 1280, height: 720 })), ['f']);
});

test('without layers there is one encoding, unscaled', () => {
  const [only] = plan({ width: 960, height: 540 }, [{}]);
  assert.deepEqual(only, { active: true, maxBitrate: 1_000_000, scalabilityMode: 'L1T3' });
});

test('a layer that was switched off comes back with a larger camera', () => {
  const small = plan({ width: 320, height: 180 });
  assert.deepEqual(active(plan({ width: 1280, height: 720 }, small)), ['q', 'h', 'f']);
});

const layers = ['q', 'h', 'f'];

test('small tiles take small layers, and dense screens count', () => {
  assert.equal(chooseLayer({ layers, lines: drawnLines({ width: 250, height: 140 }, 'camera', 1) }, ''), 'q');
  assert.equal(chooseLayer({ layers, lines: drawnLines({ width: 250, height: 140 }, 'camera', 2) }, ''), 'h');
  assert.equal(chooseLayer({ layers, lines: drawnLines({ width: 1200, height: 675 }, 'camera', 1) }, 'q'), '');
  assert.equal(chooseLayer({ layers: [], lines: 90 }, ''), '', 'no simulcast');
  assert.equal(chooseLayer({ layers: ['h', 'f'], lines: 100 }, ''), 'h');
});

test('a camera is drawn over its whole tile, a screen within', () => {
  assert.equal(drawnLines({ width: 400, height: 400 }, 'camera', 1), 400);
  assert.equal(drawnLines({ width: 320, height: 90 }, 'camera', 1), 180);
  assert.equal(drawnLines({ width: 400, height: 400 }, 'screen', 1), 225);
});

test('near a limit the present layer stays', () => {
  const limit = 365;
  assert.equal(chooseLayer({ layers, lines: limit + 20 }, 'h'), 'h');
  assert.equal(chooseLayer({ layers, lines: limit + 40 }, 'h'), '');
  assert.equal(chooseLayer({ layers, lines: limit - 20 }, ''), '');
  assert.equal(chooseLayer({ layers, lines: limit - 40 }, ''), 'h');
});

/** A room that takes wishes, or does not. */
function wishing() {
  const clock = new FakeClock();
  const asked = [];
  const room = {
    state: 'joined',
    failure: null,
    async subscribe(wishes) {
      asked.push(wishes);
      if (room.failure) throw room.failure;
    },
  };
  return { clock, asked, room, wishes: new Wishes(room, clock) };
}
const picture = (track, more = {}) => ({ track, layers, lines: 600, hidden: false, pinned: false, ...more });

test('what is shown large is not even asked for', async () => {
  const { wishes, asked, clock } = wishing();
  wishes.show([picture('a')]);
  await clock.advance(1000);
  assert.deepEqual(asked, []);
});

test('tiles that came together are asked for together, and at once', async () => {
  const { wishes, asked, clock } = wishing();
  wishes.show([picture('a', { lines: 100 })]);
  wishes.show([picture('a', { lines: 100 }), picture('b', { lines: 300 }), picture('c', { hidden: true })]);
  await clock.advance(30);
  assert.deepEqual(asked, [[
    { track: 'a', paused: false, layer: 'q', pinned: false },
    { track: 'b', paused: false, layer: 'h', pinned: false },
    { track: 'c', paused: true, layer: '', pinned: false },
  ]]);
});

test('a window on its way to another size asks once it has come to rest', async () => {
  const { wishes, asked, clock } = wishing();
  wishes.show([picture('a', { lines: 100 })]);
  await clock.advance(30);
  for (const lines of [200, 300, 450, 600]) {
    wishes.show([picture('a', { lines })]);
    await clock.advance(100);
  }
  assert.equal(asked.length, 1);
  await clock.advance(300);
  assert.deepEqual(asked[1], [{ track: 'a', paused: false, layer: '', pinned: false }]);
});

test('a page that nobody sees takes nothing, and goes on at once when it is seen again', async () => {
  const { wishes, asked, clock } = wishing();
  wishes.show([picture('a', { lines: 100 })]);
  await clock.advance(30);
  wishes.setSeen(false);
  await clock.advance(200);
  assert.equal(asked.length, 1, 'a glance elsewhere costs nothing');
  await clock.advance(200);
  assert.deepEqual(asked[1], [{ track: 'a', paused: true, layer: 'q', pinned: false }]);
  wishes.setSeen(true);
  await clock.advance(30);
  assert.deepEqual(asked[2], [{ track: 'a', paused: false, layer: 'q', pinned: false }]);
});

test('what the user pinned is told', async () => {
  const { wishes, asked, clock } = wishing();
  wishes.show([picture('a', { pinned: true })]);
  await clock.advance(400);
  assert.deepEqual(asked, [[{ track: 'a', paused: false, layer: '', pinned: true }]]);
});

test('a refused wish is made again with what is there by then', async () => {
  const { wishes, asked, clock, room } = wishing();
  room.failure = Object.assign(new Error('gone'), { code: 'track_not_found' });
  wishes.show([picture('a', { lines: 100 }), picture('gone', { lines: 100 })]);
  await clock.advance(30);
  room.failure = null;
  wishes.show([picture('a', { lines: 100 })]);
  await clock.advance(400);
  assert.deepEqual(asked.at(-1), [{ track: 'a', paused: false, layer: 'q', pinned: false }]);
});

test('a new seat, and a track that comes back, are asked for anew', async () => {
  const { wishes, asked, clock } = wishing();
  const small = [picture('a', { lines: 100 })];
  wishes.show(small);
  await clock.advance(30);
  wishes.forget();
  await clock.advance(30);
  assert.equal(asked.length, 2);
  wishes.show([]);
  wishes.show(small);
  await clock.advance(30);
  assert.equal(asked.length, 3);
  await settle();
});
