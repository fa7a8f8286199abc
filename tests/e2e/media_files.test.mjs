import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { promisify } from 'node:util';
import { untilAlive } from './lib/flows.mjs';
import { Meeting } from './lib/meeting.mjs';

const LOAD = join(dirname(process.env.PARLEY_BINARY), '../load/parley-load');
const ENCODERS = {
  VP8: 'vp8enc deadline=1 keyframe-max-dist=30',
  VP9: 'vp9enc deadline=1 cpu-used=8 keyframe-max-dist=30',
  H264: 'openh264enc gop-size=30 ! h264parse',
};

let meeting, folder;
before(async () => {
  meeting = await Meeting.start();
  folder = await mkdtemp(join(tmpdir(), 'parley-media-files-'));
});
afterEach(() => meeting.leaveAll());
after(async () => {
  await rm(folder, { recursive: true });
  await meeting.close();
});

/** A short film: a ball that bounces, and a tone. */
async function film(codec) {
  const file = join(folder, `${codec}.mkv`);
  const source = 'videotestsrc num-buffers=60 pattern=ball ! video/x-raw,format=I420,width=320,height=240,framerate=30/1';
  const sound = 'audiotestsrc num-buffers=100 samplesperbuffer=960 ! audio/x-raw,rate=48000,channels=2 ! opusenc ! queue ! mux.';
  const line = `${source} ! ${ENCODERS[codec]} ! queue ! matroskamux name=mux ! filesink location=${file} ${sound}`;
  await promisify(execFile)('gst-launch-1.0', ['-q', ...line.split(' ')]);
  return file;
}

for (const codec of Object.keys(ENCODERS)) {
  test(`a browser sees and hears a file in ${codec} that parley-load publishes, also when it starts again`, async () => {
    const room = meeting.newRoom();
    const file = await film(codec);
    const load = spawn(LOAD, [meeting.url, '--room', room, '--subscribers', '0', '--duration', '60s', '--video-file', file, '--audio-file', file], { stdio: 'ignore' });
    const ended = once(load, 'close');
    try {
      const viewer = await meeting.joinAlone(room, 'viewer');
      await untilAlive(viewer, ['camera', 'microphone']);
      const frames = () => viewer.evaluate(async () => {
        const stats = [...(await window.parley.peerConnection.getStats()).values()];
        return stats.find(({ type, kind }) => type === 'inbound-rtp' && kind === 'video').framesDecoded;
      });
      const begin = await frames();
      await new Promise((resolve) => { setTimeout(resolve, 4000); }); // twice the file's length
      const shown = (await frames()) - begin;
      assert.ok(shown > 80, `${shown} frames decoded of about 120`);
    } finally {
      load.kill('SIGINT');
      await ended;
    }
  });
}
