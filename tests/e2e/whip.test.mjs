import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { untilAlive } from './lib/flows.mjs';
import { Meeting } from './lib/meeting.mjs';
import { joinAlone, openBlank } from './lib/participant.mjs';
import { startServer } from './lib/server.mjs';

const WHIP_PUBLISH = join(dirname(process.env.PARLEY_BINARY), '../examples/whip_publish/whip_publish');

let meeting;
before(async () => { meeting = await Meeting.start(); });
afterEach(() => meeting.leaveAll());
after(() => meeting.close());

/** Runs in a page: publishes camera and microphone by WHIP, as any WHIP client does. */
async function publish({ path, kinds = ['audio', 'video'], direction = 'sendonly', prefers }) {
  const connection = new RTCPeerConnection();
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 320, height: 240, frameRate: 20 } });
  for (const kind of kinds) {
    const transceiver = connection.addTransceiver(stream.getTracks().find((track) => track.kind === kind), { direction, streams: [stream] });
    if (kind === 'video' && prefers) transceiver.setCodecPreferences(RTCRtpSender.getCapabilities('video').codecs.filter(({ mimeType }) => mimeType === `video/${prefers}`));
  }
  await connection.setLocalDescription();
  const response = await fetch(path, { method: 'POST', headers: { 'Content-Type': 'application/sdp' }, body: connection.localDescription.sdp });
  const sdp = await response.text();
  if (response.status === 201) await connection.setRemoteDescription({ type: 'answer', sdp });
  window.ingest = connection;
  return { status: response.status, location: response.headers.get('Location'), etag: response.headers.get('ETag'), type: response.headers.get('Content-Type'), sdp };
}

/** Runs in a page: plays by WHEP. */
async function play({ path, kinds = ['audio', 'video'], prefers }) {
  const connection = new RTCPeerConnection();
  for (const kind of kinds) {
    const transceiver = connection.addTransceiver(kind, { direction: 'recvonly' });
    if (kind === 'video' && prefers) transceiver.setCodecPreferences(RTCRtpReceiver.getCapabilities('video').codecs.filter(({ mimeType }) => mimeType === `video/${prefers}`));
  }
  await connection.setLocalDescription();
  const response = await fetch(path, { method: 'POST', headers: { 'Content-Type': 'application/sdp' }, body: connection.localDescription.sdp });
  const sdp = await response.text();
  if (response.status === 201) await connection.setRemoteDescription({ type: 'answer', sdp });
  for (const { receiver } of connection.getTransceivers()) {
    const element = Object.assign(document.createElement(receiver.track.kind), { autoplay: true, muted: receiver.track.kind === 'video', srcObject: new MediaStream([receiver.track]) });
    document.body.append(element);
  }
  window.playback = connection;
  return { status: response.status, location: response.headers.get('Location'), retryAfter: response.headers.get('Retry-After'), sdp };
}

/** Runs in a page: an offer that the test posts itself, for pages log every refusal as an error. */
async function makeOffer({ kinds = ['audio', 'video'], direction = 'recvonly', prefers }) {
  const connection = new RTCPeerConnection();
  for (const kind of kinds) {
    const transceiver = connection.addTransceiver(kind, { direction });
    if (kind === 'video' && prefers) transceiver.setCodecPreferences(RTCRtpReceiver.getCapabilities('video').codecs.filter(({ mimeType }) => mimeType === `video/${prefers}`));
  }
  await connection.setLocalDescription();
  return connection.localDescription.sdp;
}

/** Posts an offer of the page's that is to be refused. */
async function refused(page, path, options) {
  const body = await page.evaluate(makeOffer, options ?? {});
  const response = await http(path, { method: 'POST', headers: { 'Content-Type': 'application/sdp' }, body });
  return { status: response.status, retryAfter: response.headers.get('Retry-After'), code: (await response.json()).error.code };
}

/** Runs in a page: what its player has decoded so far. */
async function played() {
  const stats = [...(await window.playback.getStats()).values()].filter(({ type }) => type === 'inbound-rtp');
  const of = (kind) => stats.find((entry) => entry.kind === kind) ?? {};
  return { frames: of('video').framesDecoded ?? 0, energy: of('audio').totalAudioEnergy ?? 0, width: of('video').frameWidth };
}

async function assertPlays(page, kinds = ['audio', 'video']) {
  const rises = (before, now) => (!kinds.includes('video') || now.frames > before.frames + 5) && (!kinds.includes('audio') || now.energy > before.energy);
  const before = await page.evaluate(played);
  let now;
  for (let i = 0; i < 100; ++i) {
    await sleep(100);
    now = await page.evaluate(played);
    if (rises(before, now)) return;
  }
  assert.fail(`nothing is played: ${JSON.stringify({ before, now })}`);
}

/** GStreamer's webrtcbin as a WHIP client: publishes until `watch` is done. */
async function publishByGStreamer(options, watch) {
  const client = spawn(WHIP_PUBLISH, options, { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(client, 'close');
  let said = '';
  client.stderr.on('data', (text) => { said += text; });
  try {
    await watch();
  } catch (error) {
    error.message += `; whip_publish said: ${said || 'nothing'}`;
    throw error;
  } finally {
    client.kill('SIGINT');
    await ended;
  }
}

const http = (path, options) => fetch(`${meeting.url}${path}`, options);

test('what a WHIP client publishes is seen and heard in the meeting, and gone after its DELETE', async () => {
  const room = meeting.newRoom();
  const ann = await meeting.join(room, 'Ann');
  const studio = await meeting.openBlank();
  const { status, location, etag, type, sdp } = await studio.evaluate(publish, { path: `/whip/${room}?name=Studio` });
  assert.equal(status, 201, sdp);
  assert.equal(type, 'application/sdp');
  assert.match(etag, /^"[A-Za-z0-9]+"$/);
  assert.match(sdp, /a=recvonly/);
  assert.doesNotMatch(sdp, /a=send/);
  assert.match(sdp, /a=candidate:/);
  await untilAlive(ann, ['camera', 'microphone']);
  const { participants } = await meeting.roomState(room);
  assert.ok(participants.some(({ name }) => name === 'Studio'));
  assert.equal((await http(location, { method: 'DELETE', headers: { 'If-Match': '"of another time"' } })).status, 200);
  await ann.until(() => window.parley.participants.size === 0, 'that the studio is gone');
  assert.equal((await http(location, { method: 'DELETE' })).status, 404);
});

test('a sendrecv offer is answered recvonly, and H264 is taken', async () => {
  const room = meeting.newRoom();
  const studio = await meeting.openBlank();
  const { status, sdp } = await studio.evaluate(publish, { path: `/whip/${room}`, direction: 'sendrecv', prefers: 'H264' });
  assert.equal(status, 201, sdp);
  assert.doesNotMatch(sdp, /a=send/);
  const viewer = await meeting.joinAlone(room, 'viewer');
  await untilAlive(viewer, ['camera', 'microphone']);
});

test('a publisher that vanishes leaves the room without a seat kept for it', async () => {
  const room = meeting.newRoom();
  const ann = await meeting.join(room, 'Ann');
  const studio = await meeting.openBlank();
  await studio.evaluate(publish, { path: `/whip/${room}` });
  await untilAlive(ann, ['camera', 'microphone']);
  await studio.evaluate(() => window.ingest.close());
  await ann.until(() => window.parley.participants.size === 0, 'that the publisher is gone');
});

test('a WHEP player sees and hears a participant by id and by name', async () => {
  const room = meeting.newRoom();
  await meeting.joinAlone(room, 'Ann', { camera: { width: 320, height: 240, frameRate: 20 }, microphone: true });
  await meeting.joinAlone(room, 'Bob', { camera: { width: 160, height: 120, frameRate: 20 }, microphone: true });
  const watcher = await meeting.joinAlone(room, 'watcher');
  await untilAlive(watcher, ['camera', 'microphone', 'camera', 'microphone']);
  const { participants } = await meeting.roomState(room);
  const bob = participants.find(({ name }) => name === 'Bob');
  for (const whom of [bob.id, 'Bob']) {
    const player = await meeting.openBlank();
    const { status, sdp, location } = await player.evaluate(play, { path: `/whep/${room}/${whom}` });
    assert.equal(status, 201, sdp);
    assert.match(sdp, /a=sendonly/);
    assert.doesNotMatch(sdp, /a=(recvonly|sendrecv)/);
    await assertPlays(player);
    assert.equal((await player.evaluate(played)).width, 160);
    assert.equal((await http(location, { method: 'DELETE' })).status, 200);
  }
});

test('a WHEP player of a room is shown whoever publishes, and the next one when that one leaves', async () => {
  const room = meeting.newRoom();
  const none = await meeting.openBlank();
  assert.deepEqual(await refused(none, `/whep/${room}`), { status: 409, retryAfter: '2', code: 'nobody_publishes' });
  const ann = await meeting.joinAlone(room, 'Ann', { camera: { width: 320, height: 240, frameRate: 20 }, microphone: true });
  const watcher = await meeting.joinAlone(room, 'watcher');
  await untilAlive(watcher, ['camera', 'microphone']);
  const player = await meeting.openBlank();
  assert.equal((await player.evaluate(play, { path: `/whep/${room}` })).status, 201);
  await assertPlays(player);
  assert.equal((await player.evaluate(played)).width, 320);
  await meeting.joinAlone(room, 'Bob', { camera: { width: 160, height: 120, frameRate: 20 }, microphone: true });
  await untilAlive(watcher, ['camera', 'microphone', 'camera', 'microphone']);
  await ann.close();
  await player.until(async () => [...(await window.playback.getStats()).values()].some(({ type, frameWidth }) => type === 'inbound-rtp' && frameWidth === 160), 'Bob\'s picture');
  await assertPlays(player);
});

test('a player that lacks the codec is told 406, and gets the sound without a picture', async () => {
  const room = meeting.newRoom();
  await meeting.joinAlone(room, 'Ann', { camera: { width: 320, height: 240, frameRate: 20 }, microphone: true, prefers: 'VP8' });
  await untilAlive(await meeting.joinAlone(room, 'watcher'), ['camera', 'microphone']);
  const player = await meeting.openBlank();
  assert.equal((await refused(player, `/whep/${room}`, { prefers: 'H264' })).status, 406);
  assert.equal((await player.evaluate(play, { path: `/whep/${room}`, kinds: ['audio'] })).status, 201);
  await assertPlays(player, ['audio']);
});

test('what is no WHIP gets the status that says so', async () => {
  const room = meeting.newRoom();
  const sdp = { 'Content-Type': 'application/sdp' };
  const status = async (path, options) => (await http(path, options)).status;
  assert.equal(await status(`/whip/${room}`, { method: 'POST', body: 'v=0', headers: { 'Content-Type': 'text/plain' } }), 415);
  assert.equal(await status(`/whip/${room}`, { method: 'POST', body: 'no sdp', headers: sdp }), 400);
  assert.equal(await status(`/whip/${room}`, { method: 'POST', headers: sdp }), 400);
  assert.equal(await status('/whip/not%20a%20room', { method: 'POST', body: 'v=0', headers: sdp }), 400);
  for (const method of ['GET', 'HEAD']) {
    const response = await http(`/whip/${room}`, { method });
    assert.equal(response.status, 200);
    assert.equal(await response.text(), '');
  }
  const options = await http(`/whip/${room}`, { method: 'OPTIONS' });
  assert.equal(options.status, 204);
  assert.equal(options.headers.get('Accept-Post'), 'application/sdp');
  assert.match(options.headers.get('Access-Control-Allow-Methods'), /PATCH/);
  assert.equal(await status(`/whip/${room}/session/nonsense`, { method: 'PATCH', body: 'a=x', headers: { 'Content-Type': 'application/trickle-ice-sdpfrag' } }), 404);
  assert.equal(await meeting.roomState(room), null, 'a room was made for nobody');
});

test('PATCH takes candidates, and names what it does not take', async () => {
  const room = meeting.newRoom();
  const studio = await meeting.openBlank();
  const { location, etag, sdp } = await studio.evaluate(publish, { path: `/whip/${room}`, kinds: ['audio'] });
  assert.ok(location, sdp);
  const ufrag = /a=ice-ufrag:(\S+)/.exec(await studio.evaluate(() => window.ingest.localDescription.sdp))[1];
  const fragment = `a=ice-ufrag:${ufrag}\r\na=mid:0\r\na=candidate:1 1 udp 1 10.0.0.1 9 typ host\r\na=candidate:nonsense\r\n`;
  const patch = async (body, headers, type = 'application/trickle-ice-sdpfrag') =>
    (await http(location, { method: 'PATCH', body, headers: { 'Content-Type': type, ...headers } })).status;
  assert.equal(await patch(fragment, { 'If-Match': etag }), 204);
  assert.equal(await patch(fragment, { ETag: etag }), 204);
  assert.equal(await patch(fragment, {}), 428);
  assert.equal(await patch(fragment, { 'If-Match': '"other"' }), 412);
  assert.equal(await patch(fragment.replace(ufrag, 'another'), { 'If-Match': '*' }), 422);
  assert.equal(await patch(fragment, { 'If-Match': etag }, 'application/json'), 415);
  assert.equal(await patch('nonsense', { 'If-Match': etag }), 400);
});

test('the example in docs/whip.md publishes gst-launch lines', async () => {
  const text = await readFile(new URL('../../docs/whip.md', import.meta.url), 'utf8');
  const example = [...text.matchAll(/```sh\n([^`]+)```/g)].map(([, lines]) => lines).find((lines) => lines.includes('whip_publish'));
  const here = example.replace('http://127.0.0.1:8080', meeting.url).replace(/\S+whip_publish /, `${WHIP_PUBLISH} `);
  const ann = await meeting.join('garden', 'Ann');
  const client = spawn('bash', ['-c', `exec ${here}`], { stdio: 'ignore' });
  const ended = once(client, 'close');
  try {
    await untilAlive(ann, ['camera', 'microphone']);
  } finally {
    client.kill('SIGINT');
    await ended;
  }
});

test('the command in docs/whip.md publishes an offer that stands in a file', async () => {
  const text = await readFile(new URL('../../docs/whip.md', import.meta.url), 'utf8');
  const [, command] = /```sh\n([^`]+)```/.exec(text);
  const folder = await mkdtemp(join(tmpdir(), 'parley-whip-'));
  try {
    const studio = await meeting.openBlank();
    await writeFile(join(folder, 'offer.sdp'), await studio.evaluate(makeOffer, { direction: 'sendonly' }));
    const here = command.replaceAll('http://127.0.0.1:8080', meeting.url);
    assert.notEqual(here, command);
    const { stdout } = await promisify(execFile)('bash', ['-c', here], { cwd: folder });
    assert.match(stdout, /^HTTP\/1.1 201 Created/);
    assert.match(stdout, /^Location: \/whip\/garden\/session\//m);
    assert.match(stdout, /^a=recvonly/m);
  } finally {
    await rm(folder, { recursive: true });
  }
});

const H264 = 'videotestsrc is-live=true ! video/x-raw,width=320,height=240,framerate=20/1 ! openh264enc gop-size=40 ! h264parse ! rtph264pay config-interval=-1';
for (const [what, options] of Object.entries({
  'sendonly, VP8': [],
  'sendrecv, as webrtcbin does by itself': ['--sendrecv'],
  'sendonly, H264': ['--video', H264],
  'a picture alone': ['--audio', ''],
})) {
  test(`GStreamer's webrtcbin publishes by WHIP: ${what}`, async () => {
    const room = meeting.newRoom();
    const viewer = await meeting.joinAlone(room, 'viewer');
    await publishByGStreamer([`${meeting.url}/whip/${room}?name=GStreamer`, ...options], () =>
      untilAlive(viewer, options.includes('') ? ['camera'] : ['camera', 'microphone']));
    await viewer.until(() => window.parley.participants.size === 0, 'that it is gone after its DELETE');
  });
}

test('two codecs under one payload type are refused with a word of what to do', async () => {
  const args = [`${meeting.url}/whip/${meeting.newRoom()}`, '--audio', 'audiotestsrc is-live=true ! opusenc ! rtpopuspay pt=96'];
  const failed = await promisify(execFile)(WHIP_PUBLISH, args).then(() => null, (error) => error);
  assert.equal(failed?.code, 1);
  assert.match(failed.stderr, /answers 400: .*payload types stand for other codecs.*a number of its own/);
});

test('Firefox publishes by WHIP and plays by WHEP', async () => {
  const room = meeting.newRoom();
  const firefox = await meeting.firefox();
  const blank = async () => {
    const page = await firefox.newPage();
    await page.goto(`${meeting.url}/healthz`);
    return page;
  };
  const studio = await blank();
  const published = await studio.evaluate(publish, { path: `/whip/${room}?name=Fox` });
  assert.equal(published.status, 201, published.sdp);
  await untilAlive(await meeting.joinAlone(room, 'viewer'), ['camera', 'microphone']);
  const player = await blank();
  const { status, sdp } = await player.evaluate(play, { path: `/whep/${room}/Fox` });
  assert.equal(status, 201, sdp);
  await assertPlays(player);
});

test('a page from elsewhere publishes, and ends what it began', async () => {
  const room = meeting.newRoom();
  const elsewhere = createServer((_request, response) => response.end('elsewhere')).listen(0, '127.0.0.1');
  try {
    await once(elsewhere, 'listening');
    const studio = await openBlank(await meeting.chromium(), `http://127.0.0.1:${elsewhere.address().port}`, 'elsewhere');
    const { status, location, etag, sdp } = await studio.evaluate(publish, { path: `${meeting.url}/whip/${room}` });
    assert.equal(status, 201, sdp);
    assert.ok(location && etag, 'the page may read neither Location nor ETag');
    await untilAlive(await meeting.joinAlone(room, 'viewer'), ['camera', 'microphone']);
    assert.equal(await studio.evaluate(async (url) => (await fetch(url, { method: 'DELETE', headers: { 'If-Match': '*' } })).status, meeting.url + location), 200);
    await studio.page.close();
  } finally {
    elsewhere.close();
  }
});

test('clients of every protocol are told of the STUN and TURN servers', async () => {
  const server = await startServer(['--ice-server', 'stun:127.0.0.1:9', '--ice-server', 'turn:127.0.0.1:9?transport=tcp', '--turn-secret', 'north']);
  try {
    const chromium = await meeting.chromium();
    const studio = await openBlank(chromium, server.url, 'studio');
    const body = await studio.evaluate(makeOffer, { direction: 'sendonly' });
    const response = await fetch(`${server.url}/whip/garden`, { method: 'POST', headers: { 'Content-Type': 'application/sdp' }, body });
    assert.equal(response.status, 201);
    const [, stun, turn, username, credential] = /^<(stun:[^>]+)>; rel="ice-server", <(turn:[^>]+)>; rel="ice-server"; username="(\d+)"; credential="([^"]+)"; credential-type="password"$/.exec(response.headers.get('Link')) ?? [];
    assert.deepEqual([stun, turn], ['stun:127.0.0.1:9', 'turn:127.0.0.1:9?transport=tcp'], response.headers.get('Link'));
    assert.equal(credential, createHmac('sha1', 'north').update(username).digest('base64'));
    assert.ok(Math.abs(Number(username) - Date.now() / 1000 - 86_400) < 60, username);
    const ann = await joinAlone(chromium, server.url, 'garden', 'Ann');
    const { iceServers } = await ann.evaluate(() => window.parley.peerConnection.getConfiguration());
    assert.deepEqual(iceServers.flatMap(({ urls }) => urls), [stun, turn]);
    await ann.page.close();
    await studio.page.close();
  } finally {
    await server.stop();
  }
});

test('two cameras in one offer are refused with 422', async () => {
  const studio = await meeting.openBlank();
  const { status, code } = await refused(studio, `/whip/${meeting.newRoom()}`, { kinds: ['video', 'video'], direction: 'sendonly' });
  assert.equal(status, 422);
  assert.equal(code, 'too_many_tracks');
});
