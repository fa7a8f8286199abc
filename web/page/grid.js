/**
 * Where tiles go. Pure: sizes in CSS pixels in, rectangles out.
 *
 * @typedef {{x: number, y: number, width: number, height: number}} Rect
 * @typedef {{width: number, height: number}} Size
 * @typedef {object} Arrangement
 * @property {(Rect | null)[]} tiles  one for each tile in order; null: on another page
 * @property {Rect | null} focus      of the one shown large
 * @property {number} page            the page asked for, brought into range
 * @property {number} pages
 */

/** The most tiles on one page, and the smallest tile that still shows a face and a name. */
export const PAGE_LIMIT = 16;
const SMALLEST = { width: 128, height: 86 };
/** Tiles are at most as wide as a camera's picture. */
const WIDEST = 16 / 9;

/**
 * @param {Size} area
 * @param {number} count tiles, without the one in focus
 * @param {{gap?: number, page?: number, focused?: boolean}} [options]
 * @returns {Arrangement}
 */
export function arrange(area, count, { gap = 12, page = 0, focused = false } = {}) {
  return focused ? arrangeFocus(area, count, gap, page) : arrangeGrid({ x: 0, y: 0, ...area }, count, gap, page);
}

/**
 * @param {Rect} area
 * @param {number} count
 * @param {number} gap
 * @param {number} wantedPage
 * @returns {Arrangement}
 */
function arrangeGrid(area, count, gap, wantedPage) {
  const perPage = fittingCount(area, count, gap);
  const { page, pages, first, shown } = paginate(count, perPage, wantedPage);
  // Every page is cut like a full one, so that tiles keep their size from page to page.
  const { columns, tile } = bestGrid(area, pages > 1 ? perPage : shown, gap);
  const rows = Math.ceil(shown / columns);
  const top = area.y + (area.height - span(rows, tile.height, gap)) / 2;
  return spread(count, first, shown, page, pages, null, (index) => {
    const row = Math.floor(index / columns);
    const inRow = Math.min(columns, shown - row * columns);
    const left = area.x + (area.width - span(inRow, tile.width, gap)) / 2;
    return rect(left + (index % columns) * (tile.width + gap), top + row * (tile.height + gap), tile);
  });
}

/**
 * One large, the others in a strip beside it or, on a tall screen, below.
 *
 * @param {Size} area
 * @param {number} count
 * @param {number} gap
 * @param {number} wantedPage
 * @returns {Arrangement}
 */
function arrangeFocus(area, count, gap, wantedPage) {
  if (count === 0) return { tiles: [], focus: rect(0, 0, area), page: 0, pages: 1 };
  const beside = area.width >= area.height * 1.1;
  const room = beside ? area.height : area.width;
  // What lets everybody fit without paging, if that is not too small.
  const each = (room + gap) / count - gap;
  const tile = beside
    ? sized(fitted(each * WIDEST, 150, clamp(area.width * 0.19, 120, 250)), WIDEST)
    : sized(fitted(each, 96, clamp(area.width * 0.29, 96, 200)), 4 / 3);
  const step = (beside ? tile.height : tile.width) + gap;
  const { page, pages, first, shown } = paginate(count, Math.max(1, Math.floor((room + gap) / step + 1e-6)), wantedPage);
  const start = (room - (shown * step - gap)) / 2;
  const focus = beside
    ? rect(0, 0, { width: area.width - tile.width - gap, height: area.height })
    : rect(0, 0, { width: area.width, height: area.height - tile.height - gap });
  return spread(count, first, shown, page, pages, focus, (index) => (beside
    ? rect(area.width - tile.width, start + index * step, tile)
    : rect(start + index * step, area.height - tile.height, tile)));
}

/**
 * The columns that give `count` tiles the most room.
 *
 * @param {Size} area
 * @param {number} count
 * @param {number} gap
 * @returns {{columns: number, tile: Size}}
 */
export function bestGrid(area, count, gap) {
  // A picture fills its tile, so the size of a face follows the tile's height; width still counts.
  const worth = (/** @type {Size} */ { width, height }) => width * height * height;
  let best = { columns: 1, tile: { width: 0, height: 0 } };
  for (let columns = 1; columns <= Math.max(1, count); ++columns) {
    const rows = Math.ceil(count / columns);
    const tile = fit((area.width - gap * (columns - 1)) / columns, (area.height - gap * (rows - 1)) / rows, area);
    if (worth(tile) > worth(best.tile)) best = { columns, tile };
  }
  return best;
}

/**
 * The largest tile in a cell: never wider than a camera's picture, and not so narrow that it cuts
 * faces off, where a tall area may have squarer tiles.
 *
 * @param {number} width
 * @param {number} height
 * @param {Size} area
 * @returns {Size}
 */
function fit(width, height, area) {
  const narrowest = area.height > area.width ? 0.8 : 4 / 3;
  const [w, h] = [Math.max(0, width), Math.max(0, height)];
  if (w > h * WIDEST) return { width: h * WIDEST, height: h };
  if (w < h * narrowest) return { width: w, height: w / narrowest };
  return { width: w, height: h };
}

/** @param {Size} area @param {number} count @param {number} gap */
function fittingCount(area, count, gap) {
  for (let fitting = Math.min(count, PAGE_LIMIT); fitting > 1; --fitting) {
    const { tile } = bestGrid(area, fitting, gap);
    if (tile.width >= SMALLEST.width && tile.height >= SMALLEST.height) return fitting;
  }
  return 1;
}

/** @param {number} count @param {number} perPage @param {number} wanted */
function paginate(count, perPage, wanted) {
  const pages = Math.max(1, Math.ceil(count / perPage));
  const page = clamp(wanted, 0, pages - 1);
  const first = page * perPage;
  return { page, pages, first, shown: Math.min(perPage, count - first) };
}

/**
 * @param {number} count
 * @param {number} first
 * @param {number} shown
 * @param {number} page
 * @param {number} pages
 * @param {Rect | null} focus
 * @param {(index: number) => Rect} place by index on the page
 * @returns {Arrangement}
 */
function spread(count, first, shown, page, pages, focus, place) {
  const tiles = Array.from({ length: count }, (_, index) =>
    index >= first && index < first + shown ? place(index - first) : null);
  return { tiles, focus, page, pages };
}

/** @param {number} x @param {number} y @param {Size} size @returns {Rect} */
function rect(x, y, { width, height }) {
  return { x: Math.round(x), y: Math.round(y), width: Math.floor(width), height: Math.floor(height) };
}

/** The wanted size, or a smaller one that is still enough. @param {number} size @param {number} enough @param {number} wanted */
function fitted(size, enough, wanted) {
  return size >= enough ? Math.min(size, wanted) : wanted;
}

/** @param {number} width @param {number} aspect @returns {Size} */
function sized(width, aspect) {
  return { width, height: width / aspect };
}

/** @param {number} count @param {number} size @param {number} gap */
function span(count, size, gap) {
  return count * size + (count - 1) * gap;
}

/** @param {number} value @param {number} low @param {number} high */
function clamp(value, low, high) {
  return Math.min(Math.max(value, low), high);
}
