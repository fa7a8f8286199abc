import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { untilAlive } from './lib/flows.mjs';
import { Meeting } from './lib/meeting.mjs';

let meeting;
before(async () => { meeting = await Meeting.start(); });
afterEach(() => meeting.leaveAll());
after(() => meeting.close());

const CAMERA = { width: 320, height: 240, frameRate: 15 };
const CODECS = ['VP8', 'VP9', 'H264', 'AV1'];

/** Runs in the page: the codec in which pictures come. */
async function receivedCodec() {
  const stats = [...(await window.parley.peerConnection.getStats()).values()];
  const inbound = stats.find(({ type, kind }) => type === 'inbound-rtp' && kind === 'video');
  return stats.find(({ id }) => id === inbound?.codecId)?.mimeType;
}

/** Runs in the page: what it knows of the picture it is sent. */
function pictureTrack() {
  const [{ tracks }] = window.parley.participants.values();
  const { codec, undecodable } = [...tracks.values()].find(({ kind }) => kind === 'video');
  return { codec, undecodable };
}

for (const codec of CODECS) {
  test(`${codec} is carried from browser to browser; who cannot decode it is told so, and hears all the same`, async () => {
    const room = meeting.newRoom();
    await meeting.joinAlone(room, 'Ann', { camera: CAMERA, microphone: true, prefers: codec });
    const able = await meeting.joinAlone(room, 'Able');
    const blind = await meeting.joinAlone(room, 'Blind', { lacks: codec });
    await untilAlive(able, ['camera', 'microphone']);
    assert.equal(await able.evaluate(receivedCodec), `video/${codec}`);
    assert.deepEqual(await able.evaluate(pictureTrack), { codec, undecodable: false });
    await blind.until(() => [...window.parley.participants.values()].some(({ tracks }) => [...tracks.values()].some(({ undecodable }) => undecodable)), 'the word that it cannot decode the picture');
    assert.deepEqual(await blind.evaluate(pictureTrack), { codec, undecodable: true });
    await untilAlive(blind, ['microphone']);
  });
}

// Chromium sends what the offer names first, VP8, whatever it answers.
for (const answers of [['VP9'], ['AV1', 'H264']]) {
  test(`a Chromium whose answer names ${answers.join(' and ')} alone is seen all the same`, async () => {
    const room = meeting.newRoom();
    await meeting.joinAlone(room, 'Ann', { camera: CAMERA, microphone: true, answers });
    await untilAlive(await meeting.joinAlone(room, 'Ben'), ['camera', 'microphone']);
  });
}

for (const codec of ['VP9', 'AV1']) {
  test(`Firefox decodes a Chromium's ${codec}`, async () => {
    const room = meeting.newRoom();
    const fox = await meeting.join(room, 'Fox', { browser: await meeting.firefox() });
    await meeting.joinAlone(room, 'Ann', { camera: CAMERA, microphone: true, prefers: codec });
    await untilAlive(fox, ['camera', 'microphone']);
    assert.equal(await fox.evaluate(receivedCodec), `video/${codec}`);
  });
}
