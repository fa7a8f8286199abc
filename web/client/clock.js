/**
 * Time as an argument: the rest of the client asks this object, so that tests can let time fly.
 *
 * @typedef {object} Clock
 * @property {() => number} now                                   milliseconds, monotonic
 * @property {(action: () => void, ms: number) => unknown} after  runs `action` once
 * @property {(timer: unknown) => void} cancel
 */

/** @type {Clock} */
export const systemClock = {
  now: () => performance.now(),
  after: (action, ms) => setTimeout(action, ms),
  cancel: (timer) => clearTimeout(/** @type {ReturnType<typeof setTimeout>} */ (timer)),
};
