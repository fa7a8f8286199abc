/** How long after the loss of a connection its seat in the room is kept (the server's rule). */
export const SEAT_KEPT_MS = 30_000;

const FIRST_MS = 250;
const LONGEST_MS = 4_000;

/**
 * The pause before attempt `attempt` (0 is the first, made at once): doubling, with jitter so that a
 * room full of clients does not come back in one beat.
 *
 * @param {number} attempt
 * @param {number} random in [0, 1)
 */
export function pauseBefore(attempt, random) {
  if (attempt === 0) return 0;
  const full = Math.min(FIRST_MS * 2 ** (attempt - 1), LONGEST_MS);
  return Math.round(full * (0.75 + 0.5 * random));
}
