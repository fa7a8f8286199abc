/**
 * The client of Parley: join a room, publish tracks, see and hear the others.
 *
 *   import { Room } from '/assets/parley.js';
 *
 *   const room = new Room();
 *   room.addEventListener('track-media', ({ detail: { participant, track, mediaTrack } }) => …);
 *   const media = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
 *   for (const track of media.getTracks()) await room.publish(track);
 *   await room.join({ room: 'standup', name: 'Ann' });
 *
 * Everything public, with its types and what it means, is in parley.d.ts.
 */
export { Room } from './client/room.js';
export { ParleyError } from './client/error.js';
