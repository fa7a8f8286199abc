/**
 * What the page's address asks for. Pure.
 *
 * @param {string} href
 */
export function readAddress(href) {
  const url = new URL(href);
  const query = url.searchParams;
  const flag = (/** @type {string} */ key) => (query.has(key) ? query.get(key) !== '0' : undefined);
  return {
    room: url.pathname.slice(1),
    name: query.get('name')?.trim() ?? '',
    join: flag('join') === true,
    audio: flag('audio'),
    video: flag('video'),
    token: query.get('token') ?? undefined,
    /** The link to send to others: the room without anybody's name. */
    invitation: `${url.origin}${url.pathname}`,
  };
}
