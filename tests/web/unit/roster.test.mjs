import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Roster } from '../../../web/client/roster.js';

const camera = { id: 'cam', kind: 'video', source: 'camera', codec: 'VP8', muted: false };
const ben = (more = {}) => ({ id: 'ben', name: 'Ben', host: true, tracks: [camera], ...more });
const names = (changes) => changes.map(([name]) => name);

function rosterWith(...participants) {
  const roster = new Roster();
  roster.reset('ann', false, participants);
  return roster;
}

test('a snapshot tells who is new with their tracks, and leaves oneself out', () => {
  const changes = new Roster().reset('ann', false, [ben(), { id: 'ann', name: 'Ann', host: false, tracks: [] }]);
  assert.deepEqual(names(changes), ['participant-joined', 'track-added']);
});

test('a snapshot equal to the last changes nothing', () => {
  assert.deepEqual(rosterWith(ben()).reset('ann', false, [ben()]), []);
});

test('a snapshot tells what changed: a track gone, one new, one muted', () => {
  const roster = rosterWith(ben({ tracks: [camera, { ...camera, id: 'screen', source: 'screen' }] }));
  const changes = roster.reset('ann', false, [ben({ tracks: [{ ...camera, muted: true }, { ...camera, id: 'mic', kind: 'audio', source: 'microphone' }] })]);
  assert.deepEqual(names(changes), ['track-removed', 'track-muted', 'track-added']);
});

test('whoever leaves takes their tracks along, tracks first', () => {
  const roster = rosterWith(ben());
  const changes = roster.apply({ type: 'participant-left', participant: 'ben', reason: 'left' });
  assert.deepEqual(names(changes), ['track-removed', 'participant-left']);
  assert.equal(roster.participants.size, 0);
});

test('the host is one at a time, maybe oneself', () => {
  const roster = rosterWith(ben(), { id: 'cleo', name: 'Cleo', host: false, tracks: [] });
  roster.apply({ type: 'host-changed', participant: 'cleo' });
  assert.deepEqual([...roster.participants.values()].map(({ host }) => host), [false, true]);
  roster.apply({ type: 'host-changed', participant: 'ann' });
  assert.ok(roster.host);
  assert.deepEqual([...roster.participants.values()].map(({ host }) => host), [false, false]);
});

test('a participant that comes back under its id is updated, not doubled', () => {
  const roster = rosterWith(ben());
  assert.deepEqual(roster.apply({ type: 'participant-joined', participant: ben({ name: 'Benjamin' }) }), []);
  assert.equal(roster.participants.get('ben').name, 'Benjamin');
});

test('events about strangers and unknown tracks change nothing', () => {
  const roster = rosterWith(ben());
  const strange = [
    { type: 'track-added', participant: 'nobody', track: camera }, { type: 'track-removed', participant: 'ben', track: 'none' },
    { type: 'track-muted', participant: 'nobody', track: 'cam', muted: true }, { type: 'participant-left', participant: 'nobody' },
    { type: 'from-the-future', participant: 'ben' },
  ];
  for (const event of strange) assert.deepEqual(roster.apply(event), []);
});

test('an undecodable track is marked, and unmarked when its codec changed', () => {
  const roster = rosterWith(ben());
  roster.apply({ type: 'track-undecodable', participant: 'ben', track: 'cam', codec: 'AV1', undecodable: true });
  assert.equal(roster.track('cam').undecodable, true);
  roster.apply({ type: 'track-undecodable', participant: 'ben', track: 'cam', codec: 'VP8', undecodable: false });
  assert.equal(roster.track('cam').undecodable, false);
});

test('media is told only where it changed, what is gone before what has come', () => {
  const roster = rosterWith(ben({ tracks: [camera, { ...camera, id: 'screen', source: 'screen' }] }));
  const [one, two] = [{ id: 'media-1' }, { id: 'media-2' }];
  assert.equal(roster.setMedia(new Map([['cam', one]])).length, 1);
  assert.deepEqual(roster.setMedia(new Map([['cam', one]])), []);
  const changes = roster.setMedia(new Map([['screen', one]]));
  assert.deepEqual(changes.map(([, { track, mediaTrack }]) => [track.id, mediaTrack]), [['cam', null], ['screen', one]]);
  assert.equal(roster.setMedia(new Map([['screen', two]])).length, 1);
});

test('a track has its layers, also when they change, and is held back or let through', () => {
  const roster = rosterWith(ben({ tracks: [{ ...camera, layers: ['q', 'h', 'f'], held: true }] }));
  const track = roster.track('cam');
  assert.deepEqual([track.layers, track.held], [['q', 'h', 'f'], true]);
  assert.deepEqual(names(roster.apply({ type: 'track-held', participant: 'ben', track: 'cam', held: false })), ['track-held']);
  assert.equal(track.held, false);
  roster.apply({ type: 'track-held', participant: 'ben', track: 'cam', held: true });
  assert.deepEqual(roster.apply({ type: 'track-added', participant: 'ben', track: { ...camera, codec: 'VP9' } }), []);
  assert.deepEqual([track.codec, track.layers, track.held], ['VP9', [], true], 'another codec does not let it through');
  assert.deepEqual(names(roster.reset('ann', false, [ben()])), ['track-held'], 'a snapshot says all');
  assert.equal(track.held, false);
});
