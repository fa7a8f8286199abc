// The client that pages load from /socket.io/socket.io.js, and how scripts/run gets it.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { access, appendFile, copyFile, cp, mkdir, mkdtemp, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { startServer } from '../e2e/lib/server.mjs';

const SOURCE = process.env.PARLEY_SOURCE_DIR;
const there = (path) => access(path).then(() => true, () => false);

let tree;
before(async () => {
  // The script, in a source tree of its own.
  tree = await mkdtemp(join(tmpdir(), 'parley-bundle-'));
  await mkdir(join(tree, 'scripts'));
  await copyFile(join(SOURCE, 'scripts/client-bundle'), join(tree, 'scripts/client-bundle'));
  await mkdir(join(tree, 'web/vendor'), { recursive: true });
  for (const file of ['package.json', 'package-lock.json']) await copyFile(join(SOURCE, 'web/vendor', file), join(tree, 'web/vendor', file));
});
after(() => rm(tree, { recursive: true }));

/** Runs the script; fails when it does. Returns what it wrote to stderr, and how long it took. */
async function install(env = {}) {
  const start = performance.now();
  const { stdout, stderr } = await promisify(execFile)(join(tree, 'scripts/client-bundle'), { env: { ...process.env, ...env } });
  assert.equal(stdout, '', "stdout is for the page's URL");
  return { stderr, ms: performance.now() - start };
}

const installed = () => there(join(tree, 'web/vendor/node_modules'));
const nowhere = { npm_config_registry: 'http://127.0.0.1:9/', npm_config_cache: '/nonexistent/npm', npm_config_offline: 'false' };

test('without npm the script does nothing, and is content', async () => {
  const tools = join(tree, 'tools');
  await mkdir(tools);
  for (const tool of ['bash', 'dirname', 'env']) await promisify(execFile)('ln', ['-s', `/usr/bin/${tool}`, join(tools, tool)]);
  await install({ PATH: tools });
  assert.equal(await installed(), false);
});

test('an npm that reaches nobody stops nothing, and is not asked again at the next start', async () => {
  const failed = await install(nowhere);
  assert.match(failed.stderr, /could not be installed/);
  const again = await install(nowhere);
  assert.equal(again.stderr, '');
  assert.ok(again.ms < 1_000, `the next start took ${Math.round(again.ms)} ms`);
});

test('an hour later npm is asked again; what is installed stays until the lock changes', async (t) => {
  const hourAgo = new Date(Date.now() - 61 * 60_000);
  await utimes(join(tree, 'build/client-bundle-failed'), hourAgo, hourAgo);
  const source = join(SOURCE, 'web/vendor/node_modules');
  if (!await there(join(source, '.installed-lock.json'))) return t.skip('the package is not installed: scripts/client-bundle could not get it');
  await cp(source, join(tree, 'web/vendor/node_modules'), { recursive: true });
  const lock = join(tree, 'web/vendor/package-lock.json');
  await utimes(lock, new Date(), new Date());
  assert.equal((await install(nowhere)).stderr, '');
  await appendFile(lock, '\n');
  assert.match((await install(nowhere)).stderr, /could not be installed/);
});

test('the server hands out the client where it is installed, and else says how to get it', async () => {
  const server = await startServer();
  try {
    for (const name of ['socket.io.js', 'socket.io.min.js', 'socket.io.esm.min.js']) {
      const response = await fetch(`${server.url}/socket.io/${name}`);
      const text = await response.text();
      if (!await there(join(SOURCE, 'web/vendor/node_modules/socket.io-client'))) {
        assert.equal(response.status, 404);
        assert.match(text, /npm ci --ignore-scripts --prefix web\/vendor/);
        continue;
      }
      assert.equal(response.status, 200);
      assert.match(response.headers.get('content-type'), /^text\/javascript/);
      assert.match(text, /Socket\.IO v4/);
      const etag = response.headers.get('etag');
      assert.equal((await fetch(`${server.url}/socket.io/${name}`, { headers: { 'If-None-Match': etag } })).status, 304);
    }
    assert.equal((await fetch(`${server.url}/socket.io/package.json`)).status, 404);
  } finally {
    await server.stop();
  }
});
