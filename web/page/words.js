/**
 * What the page says about connections. Pure.
 *
 * @typedef {import('../parley.js').RoomStats} RoomStats
 * @typedef {import('../parley.js').FlowStats} FlowStats
 */

/** @type {Record<import('../parley.js').Quality, {word: string, summary: string}>} */
export const QUALITY = {
  good: { word: 'Good', summary: 'Your connection is good.' },
  fair: { word: 'Fair', summary: 'Your connection loses or delays some of the call. Sound goes on, the picture may get coarser.' },
  poor: { word: 'Poor', summary: 'Your connection loses much of the call. Move closer to the router, or switch your camera off.' },
  off: { word: 'No media', summary: 'No sound or picture comes through at the moment.' },
  unknown: { word: 'Connecting', summary: 'The connection is being measured.' },
};

/** @param {number | null} bitsPerSecond */
export function bitrate(bitsPerSecond) {
  if (bitsPerSecond === null) return '–';
  return bitsPerSecond >= 1e6 ? `${(bitsPerSecond / 1e6).toFixed(1)} Mbit/s` : `${Math.round(bitsPerSecond / 1e3)} kbit/s`;
}

/** @param {number | null} part 0 to 1 */
export function percent(part) {
  return part === null ? '–' : `${(part * 100).toFixed(part < 0.1 ? 1 : 0)} %`;
}

/**
 * The figures behind the word, as pairs of a name and a value.
 *
 * @param {RoomStats} stats
 * @returns {[string, string][]}
 */
export function figures({ rtt, down, up, tracks, sent }) {
  return [
    ['Round trip', rtt === null ? '–' : `${rtt} ms`],
    ['Receiving', bitrate(down.bitrate)],
    ['Sending', bitrate(up.bitrate)],
    ['Lost on the way here', percent(down.loss)],
    ['Lost on the way out', percent(up.loss)],
    ['Pictures received', sizes(tracks.values())],
    ['Pictures sent', sizes([...sent.values()].flat())],
  ];
}

/**
 * "960×540, 3 of 240×135", large ones first.
 *
 * @param {Iterable<{width: number | null, height: number | null, fps?: number | null}>} pictures
 */
function sizes(pictures) {
  /** @type {Map<string, {pixels: number, count: number}>} */
  const counts = new Map();
  for (const { width, height, fps } of pictures) {
    // One that is paused keeps the size it had.
    if (!width || !height || fps === 0) continue;
    const size = `${width}×${height}`;
    counts.set(size, { pixels: width * height, count: (counts.get(size)?.count ?? 0) + 1 });
  }
  const sorted = [...counts].sort(([, a], [, b]) => b.pixels - a.pixels);
  return sorted.map(([size, { count }]) => (count > 1 ? `${count} of ${size}` : size)).join(', ') || '–';
}

/** @type {Record<string, {title: string, text: string}>} */
const ENDINGS = {
  left: { title: 'You left the meeting', text: 'You can come back as long as the others are there.' },
  removed: { title: 'You were removed', text: 'Somebody who runs this server took you out of the meeting, or you joined from elsewhere.' },
  'room-closed': { title: 'The meeting was closed', text: 'Somebody who runs this server ended it for everyone.' },
  'connection-lost': { title: 'The connection was lost', text: 'The server could not be reached for half a minute. Check your network, then join again.' },
  'media-failed': {
    title: 'No sound or picture comes through',
    text: 'The server is reached, but your network lets no media pass: it may block UDP. Try another network, or ask whoever runs this one.',
  },
  refused: { title: 'The meeting did not take you back', text: 'Your place in the meeting is gone.' },
};

/**
 * @param {import('../parley.js').LeaveReason} reason
 * @param {import('../parley.js').ParleyError} [error]
 */
export function ending(reason, error) {
  const { title, text } = ENDINGS[reason] ?? ENDINGS.left;
  return { title, text: reason === 'refused' && error ? explainError(error) : text };
}

/** @type {Record<string, string>} */
const ERRORS = {
  connection_failed: 'The server cannot be reached. Check your network and try again.',
  connection_lost: 'The connection was lost while joining. Try again.',
  timeout: 'The server takes too long to answer. Try again in a moment.',
  room_full: 'This room is full. Come back when somebody has left.',
  room_limit: 'This server has as many rooms as it can hold. Try again later.',
  name_too_long: 'That name is too long. Use at most 64 characters.',
  message_too_long: 'That message is too long. Send it in parts.',
  too_many_requests: 'That was too much at once. Wait a moment, then try again.',
  forbidden: 'You are not allowed into this room. Ask for a new link.',
};

/** What an error means for a user; for the unforeseen the server's own words. @param {unknown} error */
export function explainError(error) {
  const { code, message } = /** @type {{code?: string, message?: string}} */ (error ?? {});
  return (code && ERRORS[code]) || message || 'Something went wrong. Try again.';
}
