import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { untilAlive } from './lib/flows.mjs';
import { Meeting } from './lib/meeting.mjs';

const LOAD = process.env.PARLEY_LOAD ?? join(dirname(process.env.PARLEY_BINARY), '../load/parley-load');
const run = promisify(execFile);
const launch = (line) => run('gst-launch-1.0', ['-q', ...line.split(' ')]);

let meeting, folder, film;
before(async () => {
  meeting = await Meeting.start(['--branches', 'any']);
  folder = await mkdtemp(join(tmpdir(), 'parley-branches-'));
  film = join(folder, 'red.mkv');
  await launch('videotestsrc num-buffers=60 pattern=red ! video/x-raw,format=I420,width=320,height=240,framerate=30/1 '
    + `! vp8enc deadline=1 keyframe-max-dist=30 ! matroskamux ! filesink location=${film}`);
});
const publishers = [];
afterEach(async () => {
  await meeting.leaveAll();
  for (const publisher of publishers.splice(0)) await publisher.stop();
});
after(async () => {
  await rm(folder, { recursive: true });
  await meeting.close();
});

/** Somebody who sends nothing but red, looped; its id. */
async function publish(room) {
  const child = spawn(LOAD, [meeting.url, '--room', room, '--subscribers', '0', '--duration', '300s', '--video-file', film], { stdio: 'ignore' });
  const ended = once(child, 'close');
  publishers.push({ stop: async () => { child.kill('SIGINT'); await ended; } });
  for (let i = 0; i < 300; ++i) {
    const state = await meeting.roomState(room);
    const publisher = state?.participants.find(({ tracks }) => tracks.some(({ kind, codec }) => kind === 'video' && codec));
    if (publisher) return publisher.id;
    await sleep(100);
  }
  throw new Error('nobody publishes');
}

async function ask(method, path, body) {
  const response = await fetch(`${meeting.url}/api/rooms/${path}`, { method, body: body && JSON.stringify(body) });
  const text = await response.text();
  return { status: response.status, body: text ? JSON.parse(text) : null };
}

async function branch(room, line, more = {}) {
  const { status, body } = await ask('POST', `${room}/branches`, { launch: line, ...more });
  assert.equal(status, 201, JSON.stringify(body));
  return body.id;
}

async function until(what, check, timeout = 20_000) {
  for (const end = performance.now() + timeout; ;) {
    const value = await check();
    if (value) return value;
    if (performance.now() > end) throw new Error(`waited ${timeout} ms in vain: ${what}`);
    await sleep(100);
  }
}

const untilState = (room, id, state) => until(`${id} is ${state}`, async () => {
  const { body } = await ask('GET', `${room}/branches/${id}`);
  return body.state === state ? body : null;
});

/** The mean colour of a picture. */
async function colour(jpeg) {
  const raw = join(folder, 'raw');
  await launch(`filesrc location=${jpeg} ! jpegdec ! videoconvert ! video/x-raw,format=RGB,width=320,height=240 ! filesink location=${raw}`);
  const bytes = await readFile(raw);
  assert.equal(bytes.length, 320 * 240 * 3);
  const sums = [0, 0, 0];
  bytes.forEach((value, i) => { sums[i % 3] += value; });
  return sums.map((sum) => Math.round((sum * 3) / bytes.length));
}

test('a branch writes snapshots that show what is published', async () => {
  const room = meeting.newRoom();
  const participant = await publish(room);
  const id = await branch(room, `parleytrack participant=${participant} kind=video ! rtpjitterbuffer ! rtpvp8depay ! vp8dec ! videorate `
    + `! video/x-raw,framerate=4/1 ! jpegenc ! multifilesink location=${folder}/shot-%03d.jpg`);
  await until('three snapshots', async () => (await readdir(folder)).filter((name) => name.startsWith('shot-')).length > 3);
  const { body } = await ask('GET', `${room}/branches/${id}`);
  console.log(JSON.stringify(body));
  assert.equal(body.state, 'running');
  assert.deepEqual((await meeting.roomState(room)).branches.map((one) => one.id), [id]);
  assert.ok(body.tracks[0].attached && body.tracks[0].packetsOut > 0 && body.tracks[0].packetsDropped === 0);
  const [red, green, blue] = await colour(join(folder, 'shot-001.jpg'));
  console.log(`the mean colour is ${red},${green},${blue}`);
  assert.ok(red > 200 && green < 60 && blue < 60, `${red},${green},${blue} is no red`);
  const dot = await (await fetch(`${meeting.url}/api/rooms/${room}/graph`)).text();
  assert.match(dot, /multifilesink/);
  assert.match(dot, /fanout-[^"]+" -> "branch-[^"]+\/parleytrack\d+"/);
  assert.equal((await ask('DELETE', `${room}/branches/${id}`)).status, 204);
  assert.equal((await ask('GET', `${room}/branches/${id}`)).status, 404);
});

test('a branch that is deleted finishes its file first', async () => {
  const room = meeting.newRoom();
  const participant = await publish(room);
  const file = join(folder, 'recording.mp4');
  const id = await branch(room, `parleytrack participant=${participant} ! rtpjitterbuffer ! rtpvp8depay ! vp8dec ! openh264enc ! h264parse ! mp4mux ! filesink location=${file} async=false`);
  await sleep(4_000);
  const start = performance.now();
  assert.equal((await ask('DELETE', `${room}/branches/${id}`)).status, 204);
  console.log(`DELETE took ${Math.round(performance.now() - start)} ms, the file has ${(await stat(file)).size} bytes`);
  // Without its index at the end, nobody could read an MP4.
  const { stdout } = await run('gst-launch-1.0', ['-v', ...`filesrc location=${file} ! qtdemux ! h264parse ! openh264dec ! fakesink silent=false`.split(' ')], { maxBuffer: 1 << 26 });
  const frames = stdout.split('chain').length - 1;
  console.log(`${frames} frames in it`);
  assert.ok(frames > 60, `${frames} frames`);
});

test('a line that cannot run is refused with what is wrong and where', async () => {
  const room = meeting.newRoom();
  const participant = await publish(room);
  for (const [line, column, about] of [
    ['videotestsrc ! nosuch ! fakesink', 16, 'nosuch'],
    ['videotestsrc patern=ball ! fakesink', 14, 'patern'],
    ['videotestsrc ! ! fakesink', 16, 'syntax error'],
    ['videotestsrc ! audioconvert ! fakesink', 1, 'audioconvert'],
    ['videotestsrc ! fakesink num-buffers=many', 25, 'num-buffers'],
  ]) {
    const { status, body } = await ask('POST', `${room}/branches`, { launch: line });
    assert.equal(status, 400, line);
    assert.equal(body.error.code, 'bad_launch');
    assert.match(body.error.message, new RegExp(`column ${column}:.*${about}`), line);
  }
  assert.equal((await ask('POST', `${room}/branches`, {})).body.error.code, 'missing_field');
  assert.equal((await ask('POST', `${room}/branches`, { launch: 'parleytrack participant=nobody ! fakesink' })).status, 404);
  assert.equal((await ask('POST', 'no-such-room/branches', { launch: 'fakesrc ! fakesink' })).status, 404);
  assert.deepEqual((await ask('GET', `${room}/branches`)).body, []);
  assert.ok(participant);
});

const framesOf = (client) => client.evaluate(async () => {
  const stats = [...(await window.parley.peerConnection.getStats()).values()];
  return stats.find(({ type, kind }) => type === 'inbound-rtp' && kind === 'video').framesDecoded;
});

async function rate(client, seconds = 3) {
  const [begin, at] = [await framesOf(client), performance.now()];
  await sleep(seconds * 1000);
  return ((await framesOf(client)) - begin) / ((performance.now() - at) / 1000);
}

test('whatever a branch does, a viewer goes on seeing', async () => {
  const room = meeting.newRoom();
  const participant = await publish(room);
  const viewer = await meeting.joinAlone(room, 'viewer');
  await untilAlive(viewer, ['camera', 'microphone']);
  const fifo = join(folder, 'fifo');
  await run('mkfifo', [fifo]);
  const track = `parleytrack participant=${participant}`;
  const usual = await rate(viewer);
  for (const [what, line, state, error] of [
    ['an error at once', `${track} ! identity error-after=1 ! fakesink`, 'failed', /identity\d+: Failed after iterations/],
    ['a stall', `${track} ! identity sleep-time=20000000 ! fakesink`, 'stalled', /identity\d+ has kept a packet of parleytrack\d+/],
    ['a sink that never prerolls', `${track} ! valve drop=true ! fakesink`, 'stalled', /waits for fakesink\d+/],
    ['a bus that is flooded', `${track} ! fakesink audiotestsrc is-live=true samplesperbuffer=10 ! level interval=1 ! fakesink`, 'running', null],
    ['a state change that blocks', `${track} ! fakesink filesrc location=${fifo} ! fakesink`, 'stalled', /has not come up/],
  ]) {
    const id = await branch(room, line);
    const told = await untilState(room, id, state);
    if (error) assert.match(told.error, error);
    const now = await rate(viewer);
    const start = performance.now();
    assert.equal((await ask('DELETE', `${room}/branches/${id}`)).status, 204);
    const took = performance.now() - start;
    console.log(`${what}: ${state}, ${told.error ?? 'no error'}; ${now.toFixed(1)} fps of ${usual.toFixed(1)}; ended in ${Math.round(took)} ms`);
    assert.ok(now >= 0.9 * usual, `${now} fps of ${usual}`);
    assert.ok(took < 5_000);
  }
});

test('a branch ends with its participant unless it asks to survive, and with its room in any case', async () => {
  const room = meeting.newRoom();
  const participant = await publish(room);
  const viewer = await meeting.joinAlone(room, 'viewer');
  const ends = await branch(room, `parleytrack participant=${participant} ! fakesink`);
  const survives = await branch(room, `parleytrack participant=${participant} ! fakesink`, { survive: true });
  const speaker = await branch(room, 'parleytrack ! fakesink');
  for (const id of [ends, survives, speaker]) await untilState(room, id, 'running');
  await publishers.pop().stop();
  await until('the first one has ended', async () => (await ask('GET', `${room}/branches/${ends}`)).status === 404, 60_000);
  assert.equal((await ask('GET', `${room}/branches/${survives}`)).body.state, 'running');
  assert.equal((await ask('GET', `${room}/branches/${speaker}`)).body.tracks[0].attached, false);
  assert.equal((await ask('DELETE', room)).status, 204);
  assert.equal((await ask('GET', `${room}/branches`)).status, 404);
  assert.ok(viewer);
});

test('a branch that fails begins anew where it is asked to', async () => {
  const room = meeting.newRoom();
  const participant = await publish(room);
  const id = await branch(room, `parleytrack participant=${participant} ! identity error-after=20 ! fakesink`, { restart: 'always' });
  const again = await until('it began anew twice', async () => {
    const { body } = await ask('GET', `${room}/branches/${id}`);
    return body.restarts >= 2 ? body : null;
  }, 30_000);
  assert.match(again.error, /identity/);
  assert.equal((await ask('DELETE', `${room}/branches/${id}`)).status, 204);
});
