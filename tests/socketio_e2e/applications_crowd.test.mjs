// 200 clients of both kinds on all transports, in 20 rooms, through the real server: nothing is lost,
// doubled or out of order, nobody hears another room, and all come back when the server is restarted.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { io } from 'socket.io-client';
import io2 from 'socket.io-client-2';
import { startServer } from '../e2e/lib/server.mjs';
import { next, within } from './lib/raw.mjs';

const ROOMS = 20;
const MEMBERS = 10;
const MESSAGES = 20;
const TRANSPORTS = [['polling'], ['websocket'], ['polling', 'websocket']];

/** Everybody in a room sends everybody else there its messages. */
async function talk(room, round) {
  await Promise.all(room.map(({ socket, got }) => {
    got.clear();
    const listed = next(socket, 'listresults', 60_000);
    socket.emit('room_connect', room.name);
    return listed;
  }));
  for (let i = 0; i < MESSAGES; ++i) {
    for (const { socket } of room) for (const { socket: other } of room) if (other !== socket) socket.emit('signal', other.id, socket.id, { round, i, room: room.name });
  }
  await Promise.all(room.map((member) => within(new Promise((resolve) => {
    member.complete = () => { if (member.count() >= (MEMBERS - 1) * MESSAGES) resolve(); };
    member.complete();
  }), `all messages in ${room.name}`, 60_000)));
}

function check(room, round) {
  const expected = Array.from({ length: MESSAGES }, (_, i) => ({ round, i, room: room.name }));
  for (const { socket, got } of room) {
    assert.deepEqual([...got.keys()].sort(), room.map((other) => other.socket.id).filter((id) => id !== socket.id).sort());
    for (const messages of got.values()) assert.deepEqual(messages, expected);
  }
}

function member(url, i) {
  const socket = (i % 2 === 0 ? io : io2)(url, { transports: TRANSPORTS[i % 3], forceNew: true, reconnectionDelay: 100, reconnectionDelayMax: 1_000 });
  const self = {
    socket,
    /** By sender. @type {Map<string, object[]>} */ got: new Map(),
    complete: () => {},
    count: () => [...self.got.values()].reduce((sum, { length }) => sum + length, 0),
  };
  socket.on('signal', (to, from, data) => {
    assert.equal(to, socket.id);
    if (!self.got.has(from)) self.got.set(from, []);
    self.got.get(from).push(data);
    self.complete();
  });
  return self;
}

test('200 clients in 20 rooms, before and after a restart', async () => {
  let server = await startServer();
  const { port } = new URL(server.url);
  const rooms = Array.from({ length: ROOMS }, (_, r) => Object.assign(
    Array.from({ length: MEMBERS }, (_, m) => member(server.url, r * MEMBERS + m)),
    { name: `room-${r}` },
  ));
  const members = rooms.flat();
  try {
    await Promise.all(members.map(({ socket }) => next(socket, 'connect', 60_000)));
    await Promise.all(rooms.map((room) => talk(room, 1)));
    // What would come late or twice has come by now.
    await Promise.all(members.map(({ socket }) => { const listed = next(socket, 'listresults', 60_000); socket.emit('list'); return listed; }));
    for (const room of rooms) check(room, 1);

    const again = members.map(({ socket }) => next(socket, 'connect', 60_000));
    await server.stop();
    server = await startServer([], { port });
    await Promise.all(again);
    await Promise.all(rooms.map((room) => talk(room, 2)));
    for (const room of rooms) check(room, 2);
  } finally {
    for (const { socket } of members) socket.close();
    await server.stop();
  }
});
