import { Room } from '../../../web/parley.js';
import { FakeClock, settle } from './clock.mjs';
import { FakePeerConnection } from './peer_connection.mjs';
import { FakeWebSocket } from './websocket.mjs';

export const BEN = { id: 'ben', name: 'Ben', host: true, tracks: [{ id: 'ben-cam', kind: 'video', source: 'camera', codec: 'VP8', muted: false }] };

/** A Room on fake time and a fake network, with a list of what it told. */
export function newRoom() {
  FakeWebSocket.install();
  FakePeerConnection.install();
  const clock = new FakeClock();
  const room = new Room({ clock, random: () => 0.5 });
  const told = [];
  const names = ['state', 'joined', 'left', 'participant-joined', 'participant-left', 'host-changed', 'track-added', 'track-removed',
    'track-muted', 'track-undecodable', 'track-media', 'publish-failed', 'chat', 'active-speaker', 'data', 'media-state', 'event'];
  for (const name of names) room.addEventListener(name, ({ detail }) => told.push([name, detail]));
  return {
    room, clock, told,
    of: (name) => told.filter(([each]) => each === name).map(([, detail]) => detail),
    get socket() { return FakeWebSocket.last; },
    get pc() { return FakePeerConnection.last; },
  };
}

export const JOIN = { url: 'ws://server/ws', room: 'standup', name: 'Ann' };

export function joinReply(more = {}) {
  return { room: 'standup', participant: 'ann', resumeToken: 'secret', host: false, resumed: false, participants: [], tracks: [], chat: [], ...more };
}

/** Joined, with the first offer answered and media connected. */
export async function joinedRoom(reply = {}) {
  const meeting = newRoom();
  const joining = meeting.room.join(JOIN);
  await settle();
  await meeting.socket.reply('join', joinReply(reply));
  await joining;
  await meeting.pc.become('connected');
  return meeting;
}

export const offer = (mids, more = {}) => ({
  type: 'offer', version: 1, sdp: JSON.stringify(mids.map(([mid, kind]) => ({ mid, kind }))), slots: [], publications: [], ...more,
});
