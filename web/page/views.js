/**
 * What is to be seen of a participant: the state of each tile, derived anew from the model whenever
 * something changed. Pure.
 *
 * @typedef {import('../parley.js').Participant} Participant
 * @typedef {import('../parley.js').Source} Source
 *
 * @typedef {object} Flow  a track as far as a tile needs it
 * @property {string} [id]
 * @property {boolean} muted
 * @property {boolean} [held]
 * @property {readonly string[]} [layers]
 * @property {boolean} [undecodable]
 * @property {string} [codec]
 * @property {MediaStreamTrack | null} mediaTrack
 *
 * @typedef {object} Member  a participant or oneself
 * @property {string} id
 * @property {string} name
 * @property {boolean} host
 * @property {boolean} self
 * @property {Partial<Record<Source, Flow>>} flows
 *
 * @typedef {object} View
 * @property {string} key
 * @property {string} participant
 * @property {'camera' | 'screen'} source
 * @property {string} name
 * @property {string} label    for screen readers
 * @property {boolean} self
 * @property {boolean} host
 * @property {boolean} muted
 * @property {string} note
 * @property {string | undefined} videoId
 * @property {readonly string[]} layers  of the picture
 * @property {MediaStreamTrack | null} video  null: show no picture
 * @property {MediaStreamTrack | null} audio
 */

/** @param {Participant} participant @returns {Member} */
export function remoteMember({ id, name, host, tracks }) {
  /** @type {Member['flows']} */
  const flows = {};
  for (const track of tracks.values()) flows[track.source] = track;
  return { id, name, host, self: false, flows };
}

/** @param {import('../parley.js').Room} room @returns {Member} */
export function selfMember(room) {
  /** @type {Member['flows']} */
  const flows = {};
  for (const { source, muted, track } of room.publications) flows[source] = { muted, mediaTrack: track };
  return { id: room.id, name: room.name, host: room.host, self: true, flows };
}

/** @param {Member} member @returns {View[]} */
export function viewsOf(member) {
  const { flows } = member;
  const views = [view(member, 'camera', flows.camera, flows.microphone)];
  if (flows.screen) views.push(view(member, 'screen', flows.screen, flows['screen-audio']));
  return views;
}

/**
 * @param {Member} member
 * @param {'camera' | 'screen'} source
 * @param {Flow | undefined} video
 * @param {Flow | undefined} audio
 * @returns {View}
 */
function view({ id, name, host, self }, source, video, audio) {
  const isCamera = source === 'camera';
  const muted = isCamera && (!audio || audio.muted);
  const shown = video && !video.muted && !video.undecodable && !video.held ? video.mediaTrack : null;
  const words = isCamera
    ? [self ? `${name} (you)` : name, host && 'host', muted && 'microphone muted', (!video || video.muted) && 'camera off',
      video?.held && 'picture shown when speaking']
    : [self ? 'Your screen' : `${name}'s screen`];
  return {
    key: `${id}/${source}`,
    participant: id,
    source,
    name: isCamera ? (self ? `${name} (you)` : name) : words[0] || '',
    label: words.filter(Boolean).join(', '),
    self,
    host: host && isCamera,
    muted,
    note: video?.undecodable ? `This browser cannot play ${video.codec ?? 'this video'}` : '',
    videoId: video?.id,
    layers: video?.layers ?? [],
    video: shown,
    // One's own sound is never played back.
    audio: self ? null : audio?.mediaTrack ?? null,
  };
}
