import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAddress } from '../../../web/page/address.js';
import { follows, linkify } from '../../../web/page/chat_text.js';
import { loudness } from '../../../web/page/level_meter.js';
import { explainMediaError } from '../../../web/page/media_errors.js';
import { hueOf, initials } from '../../../web/page/person.js';
import { remoteMember, selfMember, viewsOf } from '../../../web/page/views.js';
import { bitrate, ending, explainError, figures, percent } from '../../../web/page/words.js';

test('the address says room, name, whether to join, and with what', () => {
  const address = readAddress('https://meet.example/standup?name=Ann%20Lee&join=1&audio=0&token=t');
  assert.deepEqual(address, {
    room: 'standup', name: 'Ann Lee', join: true, audio: false, video: undefined, token: 't', invitation: 'https://meet.example/standup',
  });
  assert.equal(readAddress('https://meet.example/standup?join=0').join, false);
  assert.equal(readAddress('https://meet.example/standup').join, false);
});

test('every error a browser gives for devices is told as what happened and what to do', () => {
  const errors = ['NotAllowedError', 'NotFoundError', 'NotReadableError', 'OverconstrainedError', 'SecurityError', 'AbortError', 'TypeError',
    'NotSupportedError', 'InsecureError', 'UnsupportedError', 'EndedError'];
  const titles = new Set();
  for (const device of ['microphone', 'camera', 'screen']) {
    for (const error of errors) {
      const { title, advice } = explainMediaError(error, device);
      assert.match(title, new RegExp(device, 'i'));
      assert.ok(advice.length > 20 && !/undefined/.test(advice), `${error} of ${device}`);
      assert.doesNotMatch(title + advice, /Error/);
      titles.add(title);
    }
  }
  assert.ok(titles.size >= 18);
  assert.match(explainMediaError('StrangeError', 'camera').advice, /StrangeError/);
});

test('links in messages become links, without the sentence\'s punctuation', () => {
  assert.deepEqual(linkify('See https://a.example/x?y=1, then (http://b.example).'), [
    { text: 'See ' }, { text: 'https://a.example/x?y=1', href: 'https://a.example/x?y=1' }, { text: ', then (' },
    { text: 'http://b.example', href: 'http://b.example' }, { text: ').' },
  ]);
});

test('nothing but http and https becomes a link', () => {
  for (const text of ['javascript:alert(1)', 'data:text/html,x', 'no link', '<a href="x">', 'https://']) {
    assert.deepEqual(linkify(text), [{ text }]);
  }
  assert.deepEqual(linkify(''), []);
});

test('messages of one person within three minutes stand together', () => {
  const message = (participant, at, name = 'Ben') => ({ id: at, participant, name, text: '', at: `2026-01-01T10:${at}:00Z` });
  assert.ok(follows(message('ben', '00'), message('ben', '02')));
  assert.ok(!follows(message('ben', '00'), message('ben', '03')));
  assert.ok(!follows(message('ben', '00'), message('cleo', '01')));
  assert.ok(!follows(message('ben', '00'), message('ben', '01', 'Benjamin')));
  assert.ok(!follows(undefined, message('ben', '01')));
});

test('initials are of the first and the last word, whatever the script', () => {
  assert.deepEqual(['Ada Lovelace', 'ann', 'Ana María de la Cruz', '王小明', '  ', '🙂 smile'].map(initials), ['AL', 'A', 'AC', '王', '?', '🙂S']);
});

test('a hue stays with an id and is a hue', () => {
  assert.equal(hueOf('p-1'), hueOf('p-1'));
  assert.notEqual(hueOf('p-1'), hueOf('p-2'));
  for (const id of ['', 'x', 'p-1234567']) assert.ok(hueOf(id) >= 0 && hueOf(id) < 360);
});

test('the level of a voice fills the meter, silence leaves it empty', () => {
  assert.equal(loudness(0), 0);
  assert.equal(loudness(0.0005), 0);
  assert.equal(loudness(1), 1);
  assert.ok(loudness(0.02) > 0.4 && loudness(0.02) < 0.7);
});

const flow = (source, more = {}) => [source, { id: source, source, muted: false, undecodable: false, codec: 'VP8', mediaTrack: { id: source }, ...more }];
const member = (...flows) => remoteMember({ id: 'ben', name: 'Ben', host: false, tracks: new Map(flows) });

test('camera and microphone are one tile, a screen and its sound another', () => {
  const views = viewsOf(member(flow('camera'), flow('microphone'), flow('screen'), flow('screen-audio')));
  assert.deepEqual(views.map(({ key, name, video, audio }) => [key, name, video.id, audio.id]), [
    ['ben/camera', 'Ben', 'camera', 'microphone'], ['ben/screen', "Ben's screen", 'screen', 'screen-audio'],
  ]);
});

test('a muted or undecodable camera shows no picture, and says why it cannot be played', () => {
  assert.equal(viewsOf(member(flow('camera', { muted: true })))[0].video, null);
  const [view] = viewsOf(member(flow('camera', { undecodable: true, codec: 'AV1' })));
  assert.equal(view.video, null);
  assert.match(view.note, /AV1/);
});

test('whoever has no microphone counts as muted, and the label says what one cannot see', () => {
  const [view] = viewsOf(member());
  assert.equal(view.muted, true);
  assert.equal(view.label, 'Ben, microphone muted, camera off');
});

test('one is never played back to oneself', () => {
  const room = { id: 'ann', name: 'Ann', host: true, publications: new Set([{ source: 'microphone', muted: false, track: { id: 'mic' } }]) };
  const [view] = viewsOf(selfMember(room));
  assert.equal(view.audio, null);
  assert.equal(view.muted, false);
  assert.equal(view.label, 'Ann (you), host, camera off');
});

test('a picture that the room holds back is none, and comes back', () => {
  const [held] = viewsOf(member(flow('camera', { held: true, layers: ['q', 'f'] })));
  assert.equal(held.video, null);
  assert.equal(held.videoId, 'camera', 'it can still be asked for');
  assert.deepEqual(held.layers, ['q', 'f']);
  assert.match(held.label, /picture shown when speaking/);
  const [shown] = viewsOf(member(flow('camera', { held: false })));
  assert.equal(shown.video.id, 'camera');
});

test('figures read as people write them', () => {
  assert.deepEqual([bitrate(null), bitrate(64_000), bitrate(1_250_000)], ['–', '64 kbit/s', '1.3 Mbit/s']);
  assert.deepEqual([percent(null), percent(0.004), percent(0.25)], ['–', '0.4 %', '25 %']);
  const flow = (width, height, fps) => ({ width, height, fps });
  const tracks = new Map([['a', flow(240, 136, 30)], ['b', flow(960, 540, 30)], ['c', flow(240, 136, 20)], ['paused', flow(480, 270, 0)], ['mic', flow(null, null, null)]]);
  const read = Object.fromEntries(figures({ rtt: 20, down: { bitrate: 1, loss: 0 }, up: { bitrate: 1, loss: 0 }, tracks, sent: new Map() }));
  assert.equal(read['Round trip'], '20 ms');
  assert.equal(read['Pictures received'], '960×540, 2 of 240×136');
  assert.equal(read['Pictures sent'], '–');
});

test('every ending and every code has words; unknown codes keep those of the server', () => {
  for (const reason of ['left', 'removed', 'room-closed', 'connection-lost', 'media-failed', 'refused']) assert.ok(ending(reason).title);
  assert.match(ending('refused', { code: 'room_full', message: '' }).text, /full/);
  assert.equal(explainError({ code: 'new_code', message: 'Words of the server.' }), 'Words of the server.');
  assert.ok(explainError(undefined));
});
