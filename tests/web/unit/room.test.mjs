import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settle } from '../fakes/clock.mjs';
import { BEN, JOIN, joinReply, joinedRoom, newRoom, offer } from '../fakes/meeting.mjs';
import { fakeTrack } from '../fakes/peer_connection.mjs';
import { FakeWebSocket } from '../fakes/websocket.mjs';

test('joining sends name and room, and tells who is there before it says joined', async () => {
  const meeting = await joinedRoom({ participants: [BEN], host: false });
  const [join] = meeting.socket.requests('join');
  assert.deepEqual({ ...join, id: 0 }, { id: 0, type: 'join', room: 'standup', name: 'Ann', subscribe: 'all', data: true });
  assert.deepEqual(meeting.told.map(([name]) => name).filter((name) => !name.endsWith('state')), ['participant-joined', 'track-added', 'joined']);
  assert.equal(meeting.room.participants.get('ben').name, 'Ben');
});

test('a refused join rejects with the code and can be tried again', async () => {
  const { room, socket } = newRoom();
  const joining = assert.rejects(room.join(JOIN), { code: 'room_full' });
  await settle();
  await FakeWebSocket.last.refuse('join', 'room_full');
  await joining;
  assert.equal(room.state, 'new');
  assert.equal(FakeWebSocket.last.closedWith, 1000);
  const again = room.join(JOIN);
  await settle();
  await FakeWebSocket.last.reply('join', joinReply());
  await again;
  assert.equal(room.state, 'joined');
  assert.equal(socket, undefined);
});

test('what was published before joining goes out right behind the join, without waiting for its reply', async () => {
  const meeting = newRoom();
  const publication = await meeting.room.publish(fakeTrack('audio'), { muted: true });
  meeting.room.join(JOIN);
  await settle();
  assert.deepEqual(meeting.socket.sent.map(({ type }) => type), ['join', 'publish']);
  assert.deepEqual({ source: 'microphone', muted: true }, (({ source, muted }) => ({ source, muted }))(meeting.socket.sent[1]));
  await meeting.socket.reply('join', joinReply());
  await meeting.socket.reply('publish', { track: 't1' });
  assert.equal(publication.id, 't1');
  assert.equal(publication.track.enabled, false);
});

test('what is published while the join is on its way goes out once it is answered, and only once', async () => {
  const meeting = newRoom();
  await meeting.room.publish(fakeTrack('audio'));
  const joining = meeting.room.join(JOIN);
  await settle();
  await meeting.room.publish(fakeTrack('video'));
  assert.deepEqual(meeting.socket.requests('publish').map(({ source }) => source), ['microphone']);
  await meeting.socket.reply('join', joinReply());
  await joining;
  assert.deepEqual(meeting.socket.requests('publish').map(({ source }) => source), ['microphone', 'camera']);
});

test('an offer is answered with its version; publications are bound to their m-lines, slots to tracks', async () => {
  const meeting = await joinedRoom({ participants: [BEN] });
  const track = fakeTrack('video');
  const publishing = meeting.room.publish(track);
  await settle();
  await meeting.socket.reply('publish', { track: 't1' });
  await publishing;
  await meeting.socket.event(offer([['0', 'video'], ['1', 'video']], {
    version: 7, slots: [{ mid: '0', participant: 'ben', track: 'ben-cam' }], publications: [{ mid: '1', track: 't1' }],
  }));
  const [answer] = meeting.socket.requests('answer');
  assert.equal(answer.version, 7);
  assert.equal(answer.sdp, 'answer');
  assert.equal(meeting.pc.transceiver('1').sender.track, track);
  assert.equal(meeting.pc.transceiver('1').direction, 'sendonly');
  assert.equal(meeting.pc.transceiver('0').direction, 'recvonly');
  assert.equal(meeting.of('track-media').at(-1).mediaTrack.id, 'received-0');
  assert.equal(meeting.pc.transceiver('1').sender.parameters.encodings[0].maxBitrate, 1_000_000);
});

test('a publication that is gone from the offer frees its m-line', async () => {
  const meeting = await joinedRoom();
  const publishing = meeting.room.publish(fakeTrack('video'));
  await settle();
  await meeting.socket.reply('publish', { track: 't1' });
  const publication = await publishing;
  await meeting.socket.event(offer([['1', 'video']], { publications: [{ mid: '1', track: 't1' }] }));
  const done = meeting.room.unpublish(publication);
  await meeting.socket.reply('unpublish');
  await done;
  await meeting.socket.event(offer([['1', 'video']], { version: 2 }));
  assert.equal(meeting.pc.transceiver('1').direction, 'inactive');
  assert.equal(meeting.pc.transceiver('1').sender.track, null);
});

test('offers are handled one after the other, in order', async () => {
  const meeting = await joinedRoom();
  const first = meeting.socket.event(offer([['0', 'audio']], { version: 1 }));
  const second = meeting.socket.event(offer([['0', 'audio'], ['1', 'video']], { version: 2 }));
  await Promise.all([first, second]);
  await settle();
  assert.deepEqual(meeting.pc.log, ['remote offer', 'local answer', 'remote offer', 'local answer']);
  assert.deepEqual(meeting.socket.requests('answer').map(({ version }) => version), [1, 2]);
});

test('a change of slots gives the same MediaStreamTrack to another participant', async () => {
  const cleo = { id: 'cleo', name: 'Cleo', host: false, tracks: [{ id: 'cleo-cam', kind: 'video', source: 'camera', codec: 'VP8', muted: false }] };
  const meeting = await joinedRoom({ participants: [BEN, cleo] });
  await meeting.socket.event(offer([['0', 'video']], { slots: [{ mid: '0', participant: 'ben', track: 'ben-cam' }] }));
  await meeting.socket.event({ type: 'slots', slots: [{ mid: '0', participant: 'cleo', track: 'cleo-cam' }] });
  const changes = meeting.of('track-media').map(({ participant, mediaTrack }) => [participant.id, mediaTrack?.id ?? null]);
  assert.deepEqual(changes, [['ben', 'received-0'], ['ben', null], ['cleo', 'received-0']]);
});

test('media that is mapped before its track is announced is there when it is', async () => {
  const meeting = await joinedRoom({ participants: [{ ...BEN, tracks: [] }] });
  await meeting.socket.event(offer([['0', 'video']], { slots: [{ mid: '0', participant: 'ben', track: 'ben-cam' }] }));
  await meeting.socket.event({ type: 'track-added', participant: 'ben', track: BEN.tracks[0] });
  assert.equal(meeting.room.participants.get('ben').tracks.get('ben-cam').mediaTrack.id, 'received-0');
});

test('the polite side rolls its offer back on a collision and answers the server', async () => {
  const meeting = await joinedRoom();
  meeting.pc.onnegotiationneeded();
  await settle();
  const theirs = meeting.socket.event(offer([['0', 'audio']], { version: 3 }));
  await theirs;
  await meeting.socket.refuse('offer', 'offer_collision');
  await settle();
  assert.deepEqual(meeting.pc.log, ['local offer', 'local rollback', 'remote offer', 'local answer']);
  assert.equal(meeting.socket.requests('answer').at(-1).version, 3);
});

test('an offer of our own is completed by the answer in the reply', async () => {
  const meeting = await joinedRoom();
  meeting.pc.onnegotiationneeded();
  await settle();
  await meeting.socket.reply('offer', { answer: { sdp: 'their answer', slots: [], publications: [] } });
  assert.deepEqual(meeting.pc.log, ['local offer', 'remote answer']);
});

test('muting switches the track off and tells the others', async () => {
  const meeting = await joinedRoom();
  const publishing = meeting.room.publish(fakeTrack('audio'));
  await settle();
  await meeting.socket.reply('publish', { track: 't1' });
  const publication = await publishing;
  meeting.room.setMuted(publication, true);
  await settle();
  assert.equal(publication.track.enabled, false);
  assert.deepEqual({ ...meeting.socket.requests('mute')[0], id: 0 }, { id: 0, type: 'mute', track: 't1', muted: true });
});

test('another camera replaces the track on the wire without negotiation', async () => {
  const meeting = await joinedRoom();
  const publishing = meeting.room.publish(fakeTrack('video'));
  await settle();
  await meeting.socket.reply('publish', { track: 't1' });
  const publication = await publishing;
  await meeting.socket.event(offer([['1', 'video']], { publications: [{ mid: '1', track: 't1' }] }));
  const other = fakeTrack('video');
  await meeting.room.replaceTrack(publication, other);
  assert.equal(meeting.pc.transceiver('1').sender.track, other);
  assert.equal(meeting.socket.requests('offer').length, 0);
});

test('a refused publication is dropped and rejects; one the browser refused is reported', async () => {
  const meeting = await joinedRoom();
  const refused = assert.rejects(meeting.room.publish(fakeTrack('video')), { code: 'track_limit' });
  await settle();
  await meeting.socket.refuse('publish', 'track_limit');
  await refused;
  assert.equal(meeting.room.publications.size, 0);
  meeting.room.publish(fakeTrack('video'));
  await settle();
  await meeting.socket.reply('publish', { track: 't2' });
  await meeting.socket.event({ type: 'publish-failed', track: 't2' });
  assert.equal(meeting.of('publish-failed')[0].publication.id, 't2');
  assert.equal(meeting.room.publications.size, 0);
});

test('chat history and new messages are told once each, in order', async () => {
  const message = (id) => ({ id, participant: 'ben', name: 'Ben', text: id, at: '2026-01-01T00:00:00Z' });
  const meeting = await joinedRoom({ chat: [message('a'), message('b')] });
  await meeting.socket.event({ type: 'chat', message: message('b') });
  await meeting.socket.event({ type: 'chat', message: message('c') });
  assert.deepEqual(meeting.room.messages.map(({ id }) => id), ['a', 'b', 'c']);
  assert.equal(meeting.of('chat').length, 3);
});

test('leaving says goodbye, closes everything and is told once', async () => {
  const meeting = await joinedRoom();
  meeting.room.leave();
  meeting.room.leave();
  assert.equal(meeting.socket.requests('leave').length, 1);
  assert.equal(meeting.socket.closedWith, 1000);
  assert.ok(meeting.pc.closed);
  assert.deepEqual(meeting.of('left').map(({ reason }) => reason), ['left']);
  assert.equal(meeting.clock.waiting, 0);
  await assert.rejects(meeting.room.chat('still there?'), { code: 'not_joined' });
  await assert.rejects(meeting.room.join(JOIN), { code: 'already_joined' });
});

test('leaving while joining ends the join', async () => {
  const meeting = newRoom();
  const joining = assert.rejects(meeting.room.join(JOIN), { code: 'left' });
  await settle();
  meeting.room.leave();
  await joining;
  assert.equal(meeting.room.state, 'left');
  assert.equal(meeting.clock.waiting, 0);
});

test('being removed or a closed room ends it with that reason', async () => {
  for (const type of ['removed', 'room-closed']) {
    const meeting = await joinedRoom();
    await meeting.socket.event({ type, reason: 'operator' });
    assert.equal(meeting.of('left')[0].reason, type);
    assert.equal(meeting.room.state, 'left');
  }
});

test('data is refused clearly when the room was joined without data channels', async () => {
  const meeting = newRoom();
  meeting.room.join({ ...JOIN, data: false });
  await settle();
  await meeting.socket.reply('join', joinReply());
  await assert.rejects(meeting.room.sendData('x'), { code: 'no_data_channel' });
});

test('data goes out on the channel of its order, waiting until that is open', async () => {
  const meeting = await joinedRoom();
  const channel = (ordered) => ({ label: 'room', ordered, readyState: 'connecting', bufferedAmount: 0, sent: [], send(data) { this.sent.push(data); } });
  const [ordered, unordered] = [channel(true), channel(false)];
  const sending = meeting.room.sendData('early');
  meeting.pc.ondatachannel({ channel: ordered });
  meeting.pc.ondatachannel({ channel: unordered });
  ordered.onopen();
  unordered.onopen();
  await sending;
  await meeting.room.sendData('fast', { ordered: false });
  assert.deepEqual(ordered.sent, ['early']);
  assert.deepEqual(unordered.sent, ['fast']);
  unordered.onmessage({ data: 'hello' });
  assert.deepEqual(meeting.of('data'), [{ data: 'hello', ordered: false }]);
  ordered.bufferedAmount = 2 << 20;
  await assert.rejects(meeting.room.sendData('too much'), { code: 'data_channel_full' });
});

test('wishes may differ from track to track', async () => {
  const meeting = await joinedRoom({ participants: [BEN, { ...BEN, id: 'cleo', tracks: [{ ...BEN.tracks[0], id: 'cleo-cam' }] }] });
  meeting.room.subscribe([{ track: 'ben-cam', layer: 'q' }, { track: 'cleo-cam', paused: true }], { pinned: true });
  const [{ tracks }] = meeting.socket.requests('subscribe');
  assert.deepEqual(tracks, [
    { track: 'ben-cam', paused: false, layer: 'q', pinned: true },
    { track: 'cleo-cam', paused: true, pinned: true },
  ]);
});

test('a camera is sent in sizes that fit it, before the first answer and when it is replaced', async () => {
  const meeting = await joinedRoom();
  const track = Object.assign(fakeTrack('video'), { settings: { width: 1280, height: 720 } });
  const publishing = meeting.room.publish(track);
  await settle();
  await meeting.socket.reply('publish', { track: 't1' });
  const publication = await publishing;
  await meeting.socket.event(offer([['s1', 'video']], { publications: [{ mid: 's1', track: 't1' }] }));
  const { sender } = meeting.pc.transceiver('s1');
  assert.equal(sender.parameters.encodings[0].maxBitrate, 1_700_000);
  await meeting.room.replaceTrack(publication, Object.assign(fakeTrack('video'), { settings: { width: 640, height: 360 } }));
  await settle();
  assert.equal(sender.parameters.encodings[0].maxBitrate, 500_000);
});
