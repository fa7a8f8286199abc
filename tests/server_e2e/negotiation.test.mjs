import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startServer } from '../e2e/lib/server.mjs';
import { RawSocket } from './lib/raw_socket.mjs';

let server;
let rooms = 0;
before(async () => { server = await startServer(); });
after(() => server.stop());

/** Joins a room of its own and takes the first offer. */
async function join(more = {}) {
  const socket = await RawSocket.open(server.url);
  const room = `negotiation-${++rooms}`;
  const joined = await socket.request({ id: 'join', type: 'join', room, name: 'Ann', ...more });
  const offer = await socket.find(({ type }) => type === 'offer');
  return { socket, room, joined, offer };
}

const BROKEN = [
  'x', 'v=0', 'v=1\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\n', 'm=audio 9 UDP/TLS/RTP/SAVPF 0\r\n',
  'v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n', `v=0\r\n${'a=x\r\n'.repeat(25_000)}`, `v=0\r\na=${'x'.repeat(100_000)}`,
];

test('broken descriptions are refused by name, and the call goes on as it was', async () => {
  const { socket, offer } = await join();
  for (const sdp of BROKEN) {
    const reply = await socket.request({ id: 1, type: 'answer', version: offer.version + 7, sdp });
    assert.equal(reply.error.code, 'unexpected_answer');
    assert.match(reply.error.message, /^version/);
    const collision = await socket.request({ id: 2, type: 'offer', sdp });
    assert.equal(collision.error.code, 'offer_collision');
  }
  const reply = await socket.request({ id: 3, type: 'answer', version: offer.version, sdp: 'v=0' });
  assert.equal(reply.error.code, 'bad_sdp');
  assert.match(reply.error.message, /^sdp/);
  const again = await socket.find(({ type }) => type === 'offer');
  assert.equal(again.version, offer.version + 1);
  assert.equal((await socket.request({ id: 4, type: 'chat', text: 'Still here' })).type, 'ok');
  await socket.close();
});

for (const sdp of BROKEN) {
  test(`an offer of ${JSON.stringify(sdp.slice(0, 40))} is refused with bad_sdp`, async () => {
    const { socket } = await join({ data: false });
    // The server's own offer goes first: let it fail, so that it is the client's turn.
    await socket.request({ id: 1, type: 'answer', sdp: 'v=0' });
    await socket.request({ id: 2, type: 'answer', sdp: 'v=0' });
    const reply = await socket.request({ id: 3, type: 'offer', sdp });
    assert.equal(reply.error.code, 'bad_sdp');
    assert.match(reply.error.message, /^sdp/);
    await socket.close();
  });
}

test('two unusable answers end the transport; the seat comes back with new media, and "keep" says so', async () => {
  const { socket, room, joined, offer } = await join();
  await socket.request({ id: 1, type: 'answer', version: offer.version, sdp: 'v=0' });
  await socket.request({ id: 2, type: 'answer', version: offer.version + 1, sdp: 'v=0' });
  const closed = await socket.find(({ type }) => type === 'transport-closed');
  assert.equal(closed.reason, 'negotiation_failed');
  await socket.untilClosed();

  const resume = { participant: joined.participant, token: joined.resumeToken };
  const back = await RawSocket.open(server.url);
  const kept = await back.request({ id: 1, type: 'join', room, name: 'Ann', resume: { ...resume, media: 'keep' } });
  assert.equal(kept.error?.code, 'resume_failed', JSON.stringify(kept));
  assert.match(kept.error.message, /^resume\.media is "keep".*"new"/);
  const renewed = await back.request({ id: 2, type: 'join', room, name: 'Ann', resume: { ...resume, media: 'new' } });
  assert.equal(renewed.participant, joined.participant);
  assert.equal(renewed.resumed, true);
  assert.ok((await back.find(({ type }) => type === 'offer')).version > offer.version + 1);
  await back.close();
});

test('a seat is given back to nobody with another token, or from another room', async () => {
  const { socket, room, joined } = await join();
  socket.destroy();
  const thief = await RawSocket.open(server.url);
  for (const [where, participant, token] of [
    [room, joined.participant, 'guessed'], ['elsewhere', joined.participant, joined.resumeToken], [room, 'nobody', joined.resumeToken],
  ]) {
    const reply = await thief.request({ id: 1, type: 'join', room: where, name: 'Eve', resume: { participant, token, media: 'new' } });
    assert.equal(reply.error.code, 'resume_failed');
  }
  await thief.close();
});

test('an option that does nothing yet is named in the log', () => {
  assert.ok(server.log.some((line) => line.includes('--recordings has no effect')), server.log.join('\n'));
  assert.ok(!server.log.some((line) => line.includes('--peerjs-port')));
});
