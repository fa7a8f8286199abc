/**
 * How many m-lines this browser copes with. Firefox bundles 127, which the server takes for granted
 * where nothing is said; Chromium takes as many as the server can describe.
 *
 * @returns {number | undefined}
 */
export function mediaLines(userAgent = globalThis.navigator?.userAgent ?? '') {
  return /\bChrom(e|ium)\//.test(userAgent) ? 255 : undefined;
}
