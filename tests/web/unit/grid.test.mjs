import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PAGE_LIMIT, arrange, bestGrid } from '../../../web/page/grid.js';

const DESKTOP = { width: 1248, height: 668 };
const PHONE = { width: 344, height: 620 };
const SIZES = [DESKTOP, PHONE, { width: 620, height: 344 }, { width: 1920, height: 900 }, { width: 320, height: 320 }];
const every = function* () {
  for (const area of SIZES) for (let count = 1; count <= 40; ++count) for (const focused of [false, true]) yield { area, count, focused };
};
const shown = ({ tiles, focus }) => [...tiles.filter(Boolean), ...(focus ? [focus] : [])];
const name = ({ area, count, focused }) => `${count} in ${area.width}x${area.height}${focused ? ' with focus' : ''}`;

test('tiles never leave the area', () => {
  for (const each of every()) {
    for (const { x, y, width, height } of shown(arrange(each.area, each.count, each))) {
      assert.ok(x >= 0 && y >= 0 && x + width <= each.area.width + 1 && y + height <= each.area.height + 1, name(each));
    }
  }
});

test('tiles never overlap', () => {
  for (const each of every()) {
    const tiles = shown(arrange(each.area, each.count, each));
    for (const [i, a] of tiles.entries()) {
      for (const b of tiles.slice(i + 1)) {
        const apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
        assert.ok(apart, name(each));
      }
    }
  }
});

test('every tile is on exactly one page', () => {
  for (const each of every()) {
    const seen = new Array(each.count).fill(0);
    const { pages } = arrange(each.area, each.count, each);
    for (let page = 0; page < pages; ++page) {
      for (const [index, rect] of arrange(each.area, each.count, { ...each, page }).tiles.entries()) if (rect) seen[index] += 1;
    }
    assert.deepEqual(new Set(seen), new Set([1]), name(each));
  }
});

test('one to sixteen fit one desktop page, seventeen take two', () => {
  for (let count = 1; count <= PAGE_LIMIT; ++count) assert.equal(arrange(DESKTOP, count).pages, 1);
  assert.equal(arrange(DESKTOP, 17).pages, 2);
});

test('columns suit the shape of the window', () => {
  const columns = (area) => [1, 2, 3, 4, 5, 9, 16].map((count) => bestGrid(area, count, 12).columns);
  assert.deepEqual(columns(DESKTOP), [1, 2, 2, 2, 3, 3, 4]);
  assert.deepEqual(columns(PHONE).slice(0, 5), [1, 1, 1, 2, 2]);
});

test('faces are not cut off: no tile is wider than 16:9, nor too narrow for its window', () => {
  for (const each of every()) {
    for (const rect of arrange(each.area, each.count).tiles.filter(Boolean)) {
      const aspect = rect.width / rect.height;
      assert.ok(aspect < 1.82 && aspect > 0.78, `${name(each)}: ${aspect}`);
    }
  }
});

test('tiles keep their size from page to page, also on the last', () => {
  const [first, last] = [0, 1].map((page) => arrange(DESKTOP, 18, { page }).tiles.find(Boolean));
  assert.equal(first.width, last.width);
});

test('a page that no longer exists shows the last one', () => {
  assert.equal(arrange(DESKTOP, 17, { page: 9 }).page, 1);
  assert.equal(arrange(DESKTOP, 3, { page: 1 }).page, 0);
});

test('the row that is not full is centred', () => {
  const { tiles } = arrange(DESKTOP, 3);
  assert.ok(Math.abs(tiles[2].x + tiles[2].width / 2 - DESKTOP.width / 2) <= 1);
});

test('with a focus the strip is beside it on a wide screen and below it on a tall one', () => {
  const wide = arrange(DESKTOP, 4, { focused: true });
  assert.ok(wide.tiles.every(({ x }) => x >= wide.focus.width));
  const tall = arrange(PHONE, 4, { focused: true });
  assert.ok(tall.tiles.filter(Boolean).every(({ y }) => y >= tall.focus.height));
  assert.ok(wide.focus.width * wide.focus.height > 0.6 * DESKTOP.width * DESKTOP.height);
});

test('a focus alone takes everything', () => {
  assert.deepEqual(arrange(DESKTOP, 0, { focused: true }).focus, { x: 0, y: 0, ...DESKTOP });
});
