/**
 * Which of a track's sizes a tile needs. Pure.
 *
 * @typedef {object} Shown  a picture as it stands on the page
 * @property {readonly string[]} layers  of the track, lowest first
 * @property {number} lines              how high it is drawn, in pixels of the screen
 */

/**
 * What the largest layer is taken to be good for. Cameras give 540 lines or more and may be drawn a
 * third larger than they are; a screen gives more, but its text bears no enlarging. Each layer has half
 * the lines of the next.
 */
const FULL_LINES = 730;
/** How far beyond its limit a size has to go before another layer is asked for. */
const SLACK = 0.1;
const WIDEST = 16 / 9;

/**
 * Lines of a camera's or screen's picture in a tile: what a camera's has outside the tile is cut off,
 * a screen is shown whole.
 *
 * @param {{width: number, height: number}} tile in CSS pixels
 * @param {'camera' | 'screen'} source
 * @param {number} pixelRatio
 */
export function drawnLines({ width, height }, source, pixelRatio) {
  const whole = width / WIDEST;
  return Math.round((source === 'screen' ? Math.min(height, whole) : Math.max(height, whole)) * pixelRatio);
}

/**
 * The smallest layer that looks good, '' for the best there is. `before` is what was asked for so far:
 * a size near a limit does not go back and forth.
 *
 * @param {Shown} shown
 * @param {string} before
 */
export function chooseLayer({ layers, lines }, before) {
  const top = layers.length - 1;
  const present = before === '' ? top : layers.indexOf(before);
  for (const [index, rid] of layers.entries()) {
    if (index === top) break;
    const slack = present === -1 ? 1 : index < present ? 1 - SLACK : 1 + SLACK;
    if (lines <= (FULL_LINES / 2 ** (top - index)) * slack) return rid;
  }
  return '';
}
