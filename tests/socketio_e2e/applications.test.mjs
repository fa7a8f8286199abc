// The four applications of existing clients, event by event, by the client libraries they bundle.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { startServer } from '../e2e/lib/server.mjs';
import { LIBRARIES, Sockets, heard, settle, token } from './lib/applications.mjs';

let server, sockets;
before(async () => {
  server = await startServer();
  sockets = new Sockets(server.url);
});
afterEach(() => sockets.closeAll());
after(() => server.stop());

let names = 0;
const fresh = (what) => `${what}-${++names}`;
/** Nobody heard anything, though all that was sent has been dealt with. */
async function silent(senders, receivers) {
  await settle(...senders);
  await settle(...receivers);
  for (const socket of receivers) assert.deepEqual(socket.heard, []);
}
const all = (library, count, options) => Promise.all(Array.from({ length: count }, () => sockets.connect(library, options)));
/** Clients of 4.x without a token are told so once; what they hear after that is what counts. */
async function greeted(library, count) {
  const clients = await all(library, count);
  await settle(...clients);
  for (const client of clients) {
    const greeting = client.heard.splice(0);
    assert.deepEqual(greeting.map(([event, { code }]) => [event, code]), library.startsWith('4') ? [['error', 400]] : []);
  }
  return clients;
}

for (const library of Object.keys(LIBRARIES)) {
  test(`two-party calls with socket.io-client ${library}`, async () => {
    const room = fresh('room');
    const [ann, bob, stranger] = await greeted(library, 3);
    ann.emit('join room', room);
    await silent([ann], [ann]);
    bob.emit('join room', room);
    assert.deepEqual(await heard(bob, 1), [['other user', ann.id]]);
    assert.deepEqual(await heard(ann, 1), [['user joined', bob.id]]);

    const offer = { target: ann.id, caller: bob.id, sdp: { type: 'offer', sdp: 'v=0\r\n' } };
    bob.emit('offer', offer);
    assert.deepEqual(await heard(ann, 1), [['offer', offer]]);
    const answer = { target: bob.id, caller: ann.id, sdp: { type: 'answer', sdp: 'v=0\r\n' } };
    ann.emit('answer', answer);
    assert.deepEqual(await heard(bob, 1), [['answer', answer]]);
    const candidate = { candidate: 'candidate:1', sdpMLineIndex: 0, sdpMid: '0' };
    bob.emit('ice-candidate', { target: ann.id, candidate });
    assert.deepEqual(await heard(ann, 1), [['ice-candidate', candidate]]);
    // The end of candidates is one, too.
    bob.emit('ice-candidate', { target: ann.id, candidate: null });
    assert.deepEqual(await heard(ann, 1), [['ice-candidate', null]]);

    // Ids of people in other rooms lead nowhere.
    stranger.emit('join room', fresh('room'));
    for (const event of ['offer', 'answer', 'ice-candidate']) stranger.emit(event, { ...offer, candidate });
    await silent([stranger], [ann, bob, stranger]);

    // Whoever went is no target and is not found by the next one.
    ann.close();
    await settle(bob);
    const [again] = await greeted(library, 1);
    again.emit('join room', room);
    assert.deepEqual(await heard(again, 1), [['other user', bob.id]]);
    assert.deepEqual(await heard(bob, 1), [['user joined', again.id]]);
  });

  test(`rooms of PeerJS chats with socket.io-client ${library}`, async () => {
    const room = fresh('room');
    const [ann, bob, cleo, elsewhere] = await greeted(library, 4);
    ann.emit('join-room', room, 'peer-a');
    elsewhere.emit('join-room', fresh('room'), 'peer-e');
    await silent([ann, elsewhere], [ann]);
    bob.emit('join-room', room, 'peer-b');
    assert.deepEqual(await heard(ann, 1), [['user-connected', 'peer-b']]);
    cleo.emit('join-room', room, 'peer-c');
    for (const other of [ann, bob]) assert.deepEqual(await heard(other, 1), [['user-connected', 'peer-c']]);
    // Said twice it is told once; another id takes the first one's place.
    bob.emit('join-room', room, 'peer-b');
    bob.emit('join-room', room, 'peer-b2');
    for (const other of [ann, cleo]) assert.deepEqual(await heard(other, 2), [['user-disconnected', 'peer-b'], ['user-connected', 'peer-b2']]);
    bob.close();
    for (const other of [ann, cleo]) assert.deepEqual(await heard(other, 1), [['user-disconnected', 'peer-b2']]);
    await silent([ann], [ann, cleo, elsewhere]);
  });

  test(`SimplePeer signaling with socket.io-client ${library}`, async () => {
    const [ann, bob, unlisted] = await greeted(library, 3);
    ann.emit('list');
    assert.deepEqual(await heard(ann, 1), [['listresults', [ann.id]]]);
    bob.emit('list');
    assert.deepEqual(await heard(bob, 1), [['listresults', [ann.id, bob.id]]]);
    bob.emit('signal', ann.id, bob.id, { type: 'offer', sdp: 'v=0' });
    assert.deepEqual(await heard(ann, 1), [['signal', ann.id, bob.id, { type: 'offer', sdp: 'v=0' }]]);
    // Nobody speaks in another's name, nor to or from outside the list.
    bob.emit('signal', ann.id, unlisted.id, 'forged');
    assert.deepEqual(await heard(ann, 1), [['signal', ann.id, bob.id, 'forged']]);
    unlisted.emit('signal', ann.id, unlisted.id, {});
    ann.emit('signal', unlisted.id, ann.id, {});
    await silent([unlisted, ann], [ann, bob, unlisted]);
    const gone = bob.id;
    bob.close();
    assert.deepEqual(await heard(ann, 1), [['peer_disconnect', gone]]);
    ann.close();
    await silent([unlisted], [unlisted]);
  });

  test(`p5LiveMedia's rooms with socket.io-client ${library}`, async () => {
    const [room, other] = [fresh('room'), fresh('room')];
    const [ann, bob, cleo] = await greeted(library, 3);
    for (const [client, name, expected] of [[ann, room, [ann]], [bob, room, [ann, bob]], [cleo, other, [cleo]]]) {
      client.emit('room_connect', name);
      assert.deepEqual(await heard(client, 1), [['listresults', expected.map(({ id }) => id)]]);
    }
    bob.emit('list');
    assert.deepEqual(await heard(bob, 1), [['listresults', [ann.id, bob.id]]]);
    cleo.emit('signal', ann.id, cleo.id, 'across rooms');
    await silent([cleo], [ann]);
    // Another room, and the first one is left.
    bob.emit('room_connect', other);
    assert.deepEqual(await heard(bob, 1), [['listresults', [cleo.id, bob.id]]]);
    assert.deepEqual(await heard(ann, 1), [['peer_disconnect', bob.id]]);
    const gone = cleo.id;
    cleo.close();
    assert.deepEqual(await heard(bob, 1), [['peer_disconnect', gone]]);
    await silent([bob], [ann]);
  });
}

const ticket = (name) => token({ sub: `id-${name}`, username: name });
const beep = (name) => sockets.connect('4.x over WebSocket', { auth: { token: ticket(name) } });

test('Beep: chunks go to the others in the channel, twice, as they were', async () => {
  const channel = fresh('channel');
  const [ann, bob, cleo] = await Promise.all(['ann', 'bob', 'cleo'].map(beep));
  ann.emit('join_voice', { serverId: 's', channelId: channel });
  for (const socket of [ann, bob, cleo]) assert.deepEqual(await heard(socket, 1), [['usermove', { message: 'userConnected' }]]);
  bob.emit('join_voice', { serverId: 's', channelId: channel });
  for (const socket of [ann, bob, cleo]) await heard(socket, 1);

  for (let i = 0; i < 20; ++i) ann.emit('audio', { audio: Buffer.alloc(i * 5_000, i), channel_id: channel });
  const got = await heard(bob, 40);
  for (let i = 0; i < 20; ++i) {
    for (const [index, event] of ['audio', 'stream'].entries()) {
      const [name, payload] = got[2 * i + index];
      assert.equal(name, event);
      assert.deepEqual(Object.keys(payload), ['audio']);
      assert.ok(Buffer.alloc(i * 5_000, i).equals(payload.audio));
    }
  }
  await silent([ann, bob], [ann, cleo]);

  bob.emit('leave_voice', { channel_id: channel });
  for (const socket of [ann, bob, cleo]) assert.deepEqual(await heard(socket, 1), [['usermove', { message: 'userDisconnected' }]]);
  // Neither to whoever left nor from them: a recorder's last chunk comes late.
  ann.emit('audio', { audio: Buffer.from('x'), channel_id: channel });
  bob.emit('audio', { audio: Buffer.from('x'), channel_id: channel });
  await silent([ann, bob], [ann, bob, cleo]);
  ann.close();
  for (const socket of [bob, cleo]) assert.deepEqual(await heard(socket, 1), [['usermove', { message: 'userDisconnected' }]]);
});

test('Beep: older names of the events, channels with numbers for names, several channels', async () => {
  const [ann, bob] = await Promise.all(['ann', 'bob'].map(beep));
  ann.emit('joinVoice', { channelId: 7 });
  ann.emit('join_channel', { channel_id: 'second' });
  ann.emit('join_channel', { channel_id: 'second' });
  bob.emit('join_channel', { channel_id: 7 });
  assert.equal((await heard(bob, 3)).length, 3);
  await heard(ann, 3);
  ann.emit('audio', { audio: Buffer.from('to seven'), channel_id: '7' });
  assert.equal((await heard(bob, 2))[0][1].audio.toString(), 'to seven');
  ann.emit('audio', { audio: Buffer.from('to nobody'), channel_id: 'second' });
  await silent([ann], [bob]);
  bob.emit('leaveVoice', { channelId: 7 });
  bob.emit('leave_channel', { channel_id: 7 });
  assert.deepEqual(await heard(ann, 1), [['usermove', { message: 'userDisconnected' }]]);
  await silent([bob], [ann]);
  ann.close();
  assert.equal((await heard(bob, 3)).length, 3);
});

test('Beep: whoever has no name is told why, hears nothing and is not relayed, but stays connected', async () => {
  const channel = fresh('channel');
  const ann = await beep('ann');
  ann.emit('join_voice', { channelId: channel });
  await heard(ann, 1);
  const bad = [undefined, '', 'no token', 'a.b.c', token({ sub: 'x' }), token({ username: 'x' }), token({ sub: '', username: 'x' }), 17, `${ticket('x')}.x`];
  for (const given of bad) {
    const socket = await sockets.connect('4.x over WebSocket', { auth: { token: given } });
    const [[event, { code, message }]] = await heard(socket, 1);
    assert.deepEqual([event, code], ['error', 400]);
    assert.equal(typeof message, 'string');
    socket.emit('join_voice', { channelId: channel });
    socket.emit('audio', { audio: Buffer.from('x'), channel_id: channel });
    assert.deepEqual((await heard(socket, 2)).map(([, error]) => error.code), [400, 400]);
    await silent([socket], [ann]);
    assert.ok(socket.connected);
  }
  // Another application's client goes its way.
  const [first, second] = await greeted('4.x over WebSocket', 2);
  const room = fresh('room');
  first.emit('join room', room);
  await settle(first);
  second.emit('join room', room);
  assert.deepEqual(await heard(second, 1), [['other user', first.id]]);
});

test('Beep: numbers may stand for ids in tokens', async () => {
  const ann = await sockets.connect('4.x over WebSocket', { auth: { token: token({ sub: 17, username: 'ann' }) } });
  await silent([ann], [ann]);
});

test('whoever asks for an answer to what was wrong gets one that names it', async () => {
  const [client] = await greeted('4.x over WebSocket', 1);
  const named = await beep('ann');
  const wrong = [
    [client, 'join room', []], [client, 'join room', [{}]], [client, 'join room', ['']], [client, 'join room', ['x'.repeat(129)]],
    [client, 'offer', []], [client, 'offer', ['text']], [client, 'offer', [{ target: 3 }]], [client, 'answer', [{ target: 'nobody' }]],
    [client, 'ice-candidate', [{ candidate: 'x' }]], [client, 'join-room', ['room']], [client, 'join-room', [null, 'peer']],
    [client, 'join-room', ['room', ['peer']]], [client, 'signal', ['nobody']], [client, 'signal', ['nobody', 'me', {}]], [client, 'room_connect', [true]],
    [named, 'join_voice', []], [named, 'join_voice', ['channel']], [named, 'join_voice', [{ channelId: { a: 1 } }]],
    [named, 'audio', [{ channel_id: 'x', audio: 'text' }]], [named, 'audio', [{ channel_id: 'never joined', audio: Buffer.from('x') }]], [client, 'leave_voice', [{ channelId: 'x' }]],
  ];
  for (const [socket, event, args] of wrong) {
    const { error } = await socket.timeout(5_000).emitWithAck(event, ...args);
    assert.equal(typeof error.message, 'string', `${event} ${JSON.stringify(args)}`);
    assert.ok(error.code);
  }
  await silent([client], []);
});
