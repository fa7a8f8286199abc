import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pauseBefore } from '../../../web/client/backoff.js';
import { settle } from '../fakes/clock.mjs';
import { BEN, joinReply, joinedRoom, offer } from '../fakes/meeting.mjs';
import { FakePeerConnection, fakeTrack } from '../fakes/peer_connection.mjs';
import { FakeWebSocket } from '../fakes/websocket.mjs';

const resumed = (more) => joinReply({ resumed: true, resumeToken: 'secret-2', ...more });

async function published(meeting, kind = 'video', id = 't1') {
  const publishing = meeting.room.publish(fakeTrack(kind));
  await settle();
  await meeting.socket.reply('publish', { track: id });
  return publishing;
}

test('pauses double up to four seconds, with jitter, and the first attempt is made at once', () => {
  assert.deepEqual([0, 1, 2, 3, 4, 5, 6, 9].map((attempt) => pauseBefore(attempt, 0.5)), [0, 250, 500, 1000, 2000, 4000, 4000, 4000]);
  assert.equal(pauseBefore(1, 0), 188);
  assert.equal(pauseBefore(1, 0.999), 312);
});

test('a lost WebSocket takes the seat back at once and keeps the media connection', async () => {
  const meeting = await joinedRoom({ participants: [BEN] });
  const publication = await published(meeting);
  const pc = meeting.pc;
  await meeting.socket.drop();
  assert.equal(meeting.room.state, 'reconnecting');
  await meeting.clock.advance(0);
  const [join] = meeting.socket.requests('join');
  assert.deepEqual(join.resume, { participant: 'ann', token: 'secret', media: 'keep' });
  await meeting.socket.reply('join', resumed({ participants: [BEN], tracks: [{ id: 't1', kind: 'video', source: 'camera', muted: false }] }));
  assert.equal(meeting.room.state, 'joined');
  assert.equal(meeting.pc, pc);
  assert.equal(meeting.socket.requests('publish').length, 0);
  assert.equal(publication.id, 't1');
  assert.equal(meeting.of('participant-joined').length, 1);
});

test('the next loss resumes with the token given last', async () => {
  const meeting = await joinedRoom();
  await meeting.socket.drop();
  await meeting.clock.advance(0);
  await meeting.socket.reply('join', resumed());
  await meeting.socket.drop();
  await meeting.clock.advance(0);
  assert.equal(meeting.socket.requests('join')[0].resume.token, 'secret-2');
});

test('lost media resumes with a new connection and publishes again', async () => {
  const meeting = await joinedRoom();
  const publication = await published(meeting);
  const old = meeting.pc;
  await old.become('failed');
  await meeting.clock.advance(0);
  assert.notEqual(meeting.pc, old);
  assert.ok(old.closed);
  assert.equal(FakeWebSocket.all[0].closedWith, 4000);
  assert.equal(meeting.socket.requests('join')[0].resume.media, 'new');
  await meeting.socket.reply('join', resumed({ tracks: [] }));
  await meeting.socket.reply('publish', { track: 't9' });
  assert.equal(publication.id, 't9');
  await meeting.socket.event(offer([['0', 'video']], { publications: [{ mid: '0', track: 't9' }] }));
  assert.equal(meeting.pc.transceiver('0').sender.track, publication.track);
});

test('a connection that recovers within five seconds is kept, one that does not is replaced', async () => {
  const meeting = await joinedRoom();
  await meeting.pc.become('disconnected');
  await meeting.clock.advance(4_900);
  await meeting.pc.become('connected');
  await meeting.clock.advance(100);
  assert.equal(meeting.room.state, 'joined');
  await meeting.pc.become('disconnected');
  await meeting.clock.advance(5_000);
  assert.equal(meeting.room.state, 'reconnecting');
});

test('media that never connects is given up after twenty seconds', async () => {
  const meeting = await joinedRoom();
  await meeting.pc.become('failed');
  await meeting.clock.advance(0);
  await meeting.socket.reply('join', resumed());
  meeting.socket.answerPings();
  await meeting.clock.advance(19_900);
  assert.equal(meeting.room.state, 'joined');
  await meeting.clock.advance(200);
  assert.equal(meeting.room.state, 'reconnecting');
});

test('three media connections lost in a row end the call in clear words', async () => {
  const meeting = await joinedRoom();
  for (let loss = 0; loss < 2; ++loss) {
    await meeting.pc.become('failed');
    await meeting.clock.advance(5_000);
    await meeting.socket.reply('join', resumed());
  }
  await meeting.pc.become('failed');
  assert.equal(meeting.of('left')[0].reason, 'media-failed');
});

test('the word of the server that the transport is closed replaces it', async () => {
  const meeting = await joinedRoom();
  const old = meeting.pc;
  await meeting.socket.event({ type: 'transport-closed', reason: 'consent_expired' });
  await meeting.clock.advance(0);
  assert.ok(old.closed);
  assert.equal(meeting.socket.requests('join')[0].resume.media, 'new');
});

test('a silent network is noticed by the unanswered ping', async () => {
  const meeting = await joinedRoom();
  await meeting.clock.advance(15_000);
  assert.equal(meeting.room.state, 'reconnecting');
});

test('after thirty seconds without a server the call is over', async () => {
  const meeting = await joinedRoom();
  FakeWebSocket.reachable = false;
  await meeting.socket.drop();
  await meeting.clock.advance(29_000);
  assert.equal(meeting.room.state, 'reconnecting');
  const attempts = FakeWebSocket.all.length;
  assert.ok(attempts >= 8 && attempts <= 14, `${attempts} attempts`);
  await meeting.clock.advance(6_000);
  assert.equal(meeting.of('left')[0].reason, 'connection-lost');
  assert.equal(meeting.clock.waiting, 0);
  assert.ok(FakePeerConnection.all.every(({ closed }) => closed));
});

test('a seat whose media ended on the server is taken back with new media', async () => {
  const meeting = await joinedRoom();
  await meeting.socket.drop();
  await meeting.clock.advance(0);
  assert.equal(meeting.socket.requests('join')[0].resume.media, 'keep');
  await meeting.socket.refuse('join', 'resume_failed');
  await meeting.clock.advance(0);
  assert.deepEqual(meeting.socket.requests('join')[0].resume, { participant: 'ann', token: 'secret', media: 'new' });
  await meeting.socket.reply('join', resumed());
  assert.equal(meeting.room.id, 'ann');
});

test('a server that no longer knows the seat is joined afresh, with everything published again', async () => {
  const meeting = await joinedRoom({ participants: [BEN] });
  const publication = await published(meeting);
  await meeting.socket.drop();
  for (const media of ['keep', 'new']) {
    await meeting.clock.advance(0);
    assert.equal(meeting.socket.requests('join')[0].resume.media, media);
    await meeting.socket.refuse('join', 'resume_failed');
  }
  await meeting.clock.advance(0);
  assert.equal(meeting.socket.requests('join')[0].resume, undefined);
  await meeting.socket.reply('join', joinReply({ participant: 'ann-2', resumeToken: 'other' }));
  await meeting.socket.reply('publish', { track: 't5' });
  assert.equal(meeting.room.id, 'ann-2');
  assert.equal(publication.id, 't5');
  assert.equal(meeting.socket.requests('publish').length, 1);
  assert.deepEqual(meeting.of('participant-left').map(({ participant }) => participant.id), ['ben']);
  assert.deepEqual(meeting.of('joined').map(({ resumed: same }) => same), [false, false]);
});

test('a server that refuses the participant for good ends the call with its code', async () => {
  const meeting = await joinedRoom();
  await meeting.socket.drop();
  await meeting.clock.advance(0);
  await meeting.socket.refuse('join', 'forbidden');
  const [{ reason, error }] = meeting.of('left');
  assert.equal(reason, 'refused');
  assert.equal(error.code, 'forbidden');
});

test('who came and left meanwhile is told after the resume', async () => {
  const meeting = await joinedRoom({ participants: [BEN] });
  await meeting.socket.drop();
  await meeting.clock.advance(0);
  await meeting.socket.reply('join', resumed({ host: true, participants: [{ id: 'cleo', name: 'Cleo', host: false, tracks: [] }] }));
  assert.deepEqual([...meeting.room.participants.keys()], ['cleo']);
  assert.equal(meeting.of('participant-left')[0].participant.id, 'ben');
  assert.equal(meeting.room.host, true);
  assert.equal(meeting.of('host-changed').at(-1).participant, 'ann');
});

test('a mute while the connection was away is told after the resume', async () => {
  const meeting = await joinedRoom();
  const publication = await published(meeting, 'audio');
  await meeting.socket.drop();
  await meeting.room.setMuted(publication, true);
  await meeting.clock.advance(0);
  await meeting.socket.reply('join', resumed({ tracks: [{ id: 't1', kind: 'audio', source: 'microphone', muted: false }] }));
  assert.equal(meeting.socket.requests('mute')[0].muted, true);
});

test('a track unpublished while the connection was away is unpublished after the resume', async () => {
  const meeting = await joinedRoom();
  const publication = await published(meeting);
  await meeting.socket.drop();
  await meeting.room.unpublish(publication);
  await meeting.clock.advance(0);
  await meeting.socket.reply('join', resumed({ tracks: [{ id: 't1', kind: 'video', source: 'camera', muted: false }] }));
  assert.equal(meeting.socket.requests('unpublish')[0].track, 't1');
});

test('paused tracks are paused again after the resume', async () => {
  const meeting = await joinedRoom({ participants: [BEN] });
  meeting.room.pause('ben-cam').catch(() => {});
  await settle();
  await meeting.socket.drop();
  await meeting.clock.advance(0);
  await meeting.socket.reply('join', resumed({ participants: [BEN] }));
  assert.deepEqual(meeting.socket.requests('subscribe')[0].tracks, [{ track: 'ben-cam', paused: true }]);
});

test('publishing while the connection is away is made good after the resume', async () => {
  const meeting = await joinedRoom();
  await meeting.socket.drop();
  const publication = await meeting.room.publish(fakeTrack('audio'));
  await meeting.clock.advance(0);
  await meeting.socket.reply('join', resumed());
  await meeting.socket.reply('publish', { track: 't3' });
  assert.equal(publication.id, 't3');
});

test('leaving ends the attempts', async () => {
  const meeting = await joinedRoom();
  FakeWebSocket.reachable = false;
  await meeting.socket.drop();
  await meeting.clock.advance(1_000);
  meeting.room.leave();
  await settle();
  const attempts = FakeWebSocket.all.length;
  await meeting.clock.advance(30_000);
  assert.equal(FakeWebSocket.all.length, attempts);
  assert.equal(meeting.of('left').length, 1);
});

test('a description the browser refuses ends in a new connection, not in a dead one', async () => {
  const meeting = await joinedRoom();
  const { warn } = console;
  console.warn = () => {};
  try {
    meeting.pc.failure = new Error('bad SDP');
    await meeting.socket.event(offer([['0', 'audio']]));
    await settle();
  } finally {
    console.warn = warn;
  }
  assert.equal(meeting.room.state, 'reconnecting');
});
