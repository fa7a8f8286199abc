import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StatsReader, judge, rates, worst } from '../../../web/client/stats.js';

const counters = (at, bytes, packets, lost, frames = 0) => ({ at, bytes, packets, lost, frames });

test('rates are those between two readings', () => {
  const flow = rates(counters(2000, 250_000, 190, 10, 60), counters(0, 0, 0, 0, 0));
  assert.deepEqual(flow, { bitrate: 1_000_000, loss: 0.05, fps: 30 });
});

test('nothing is known from one reading, from two at once, or after a stream began anew', () => {
  const unknown = { bitrate: null, loss: null, fps: null };
  assert.deepEqual(rates(counters(1, 1, 1, 0), undefined), unknown);
  assert.deepEqual(rates(counters(1, 1, 1, 0), counters(1, 1, 1, 0)), unknown);
  assert.deepEqual(rates(counters(2, 5, 1, 0), counters(1, 900, 1, 0)), unknown);
});

test('packets that came late after all are not a negative loss', () => {
  assert.equal(rates(counters(1000, 10, 10, 0), counters(0, 0, 0, 3)).loss, 0);
});

test('quality follows loss and round trip, whichever is worse', () => {
  assert.equal(judge(null, null), 'unknown');
  assert.equal(judge(0.01, 50), 'good');
  assert.equal(judge(0.03, 50), 'fair');
  assert.equal(judge(0, 300), 'fair');
  assert.equal(judge(0.1, 50), 'poor');
  assert.equal(judge(0, 800), 'poor');
  assert.equal(worst(['good', 'unknown', 'poor', 'fair']), 'poor');
  assert.equal(worst([]), 'unknown');
});

const report = (at, received, lost) => [
  { id: 'T', type: 'transport', timestamp: at, selectedCandidatePairId: 'P' },
  { id: 'P', type: 'candidate-pair', timestamp: at, currentRoundTripTime: 0.042 },
  { id: 'I1', type: 'inbound-rtp', kind: 'video', timestamp: at, trackIdentifier: 'media-1', bytesReceived: received * 1000, packetsReceived: received, packetsLost: lost, framesDecoded: received / 10, frameWidth: 640, frameHeight: 360 },
  { id: 'O1', type: 'outbound-rtp', timestamp: at, bytesSent: received * 500, packetsSent: received, remoteId: 'R1' },
  { id: 'R1', type: 'remote-inbound-rtp', timestamp: at, packetsLost: 0 },
];

test('a report is summed up by direction and by the room\'s track', () => {
  const reader = new StatsReader();
  const trackIds = new Map([['media-1', 'ben-cam']]);
  reader.summarise(report(1000, 100, 0), trackIds);
  const stats = reader.summarise(report(3000, 300, 50), trackIds);
  assert.equal(stats.rtt, 42);
  assert.equal(stats.down.bitrate, 800_000);
  assert.equal(stats.up.bitrate, 400_000);
  assert.equal(stats.up.loss, 0);
  const flow = stats.tracks.get('ben-cam');
  assert.deepEqual([flow.loss, flow.fps, flow.width, flow.quality], [0.2, 10, 640, 'poor']);
  assert.equal(stats.quality, 'poor');
});

test('what goes out of one\'s own pictures is told by size, and only what flows', () => {
  const out = (rid, frameWidth, framesPerSecond) => ({
    id: rid, type: 'outbound-rtp', kind: 'video', mid: 's1', rid, timestamp: 1, frameWidth, frameHeight: frameWidth / 2, framesPerSecond,
  });
  const stats = new StatsReader().summarise(
    [out('f', 960, 30), out('q', 240, 30), out('h', 480, 0), out('h2', undefined, 0)], new Map(), new Map([['s1', 'cam']]),
  );
  assert.deepEqual([...stats.sent], [['cam', [{ rid: 'q', width: 240, height: 120 }, { rid: 'f', width: 960, height: 480 }]]]);
});

test('a browser without transport entries is read by its nominated pair', () => {
  const stats = new StatsReader().summarise([
    { id: 'A', type: 'candidate-pair', nominated: false, state: 'succeeded', currentRoundTripTime: 9 },
    { id: 'B', type: 'candidate-pair', nominated: true, state: 'succeeded', currentRoundTripTime: 0.01 },
  ], new Map());
  assert.equal(stats.rtt, 10);
});

test('no connection is said to be off', async () => {
  assert.equal((await new StatsReader().read(null, { participants: new Map() }, [])).quality, 'off');
});
