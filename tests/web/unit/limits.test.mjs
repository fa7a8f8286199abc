import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mediaLines } from '../../../web/client/limits.js';

test('Chromium says that it copes with many m-lines, others leave it to the server', () => {
  assert.equal(mediaLines('Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36'), 255);
  assert.equal(mediaLines('Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0'), undefined);
  assert.equal(mediaLines('Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Safari/605.1.15'), undefined);
});
