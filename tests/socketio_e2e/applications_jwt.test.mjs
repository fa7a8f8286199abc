// --jwt-key: tokens that others signed, which the client libraries' users make with Node's crypto.
import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startServer } from '../e2e/lib/server.mjs';
import { Sockets, heard, settle, token } from './lib/applications.mjs';

const claims = { sub: 'u1', username: 'Ann' };
const now = () => Math.floor(Date.now() / 1000);
let folder;
before(async () => { folder = await mkdtemp(join(tmpdir(), 'parley-jwt-')); });
after(() => rm(folder, { recursive: true }));

/** Runs `use` against a server that verifies with `key`. `judge(token)` resolves to the error's code, or null for a welcome client. */
async function withKey(key, use, environment = {}) {
  const server = await startServer(key === null ? [] : ['--jwt-key', key], environment);
  const sockets = new Sockets(server.url);
  try {
    await use(async (given) => {
      const socket = await sockets.connect('4.x over WebSocket', { auth: { token: given } });
      socket.emit('join_voice', { channelId: 'c' });
      await settle(socket);
      const events = await heard(socket, 1);
      if (events[0][0] === 'usermove') return null;
      assert.equal(events[0][0], 'error');
      return events[0][1].code;
    });
  } finally {
    sockets.closeAll();
    await server.stop();
  }
}

const hmac = { HS256: 'sha256', HS384: 'sha384', HS512: 'sha512' };

test('a secret: HMAC of every size passes, and nothing that is not signed with it', () => withKey('a secret of some length', async (judge) => {
  const secret = 'a secret of some length';
  for (const [alg, hash] of Object.entries(hmac)) assert.equal(await judge(token(claims, { secret, alg, hash })), null, alg);
  assert.equal(await judge(token(claims, { secret: 'another one' })), 401);
  assert.equal(await judge(token(claims, { secret: '' })), 401);
  for (const alg of ['none', 'None', 'NONE', 'nOnE']) {
    assert.equal(await judge(token(claims, { alg, sign: () => '' })), 401, alg);
    assert.equal(await judge(token(claims, { alg, secret })), 401, alg);
  }
  const good = token(claims, { secret });
  const [head, , signature] = good.split('.');
  assert.equal(await judge(`${head}.${Buffer.from(JSON.stringify({ sub: 'root', username: 'Ann' })).toString('base64url')}.${signature}`), 401);
  assert.equal(await judge(`${head}.${good.split('.')[1]}.`), 401);
  assert.equal(await judge(token(claims, { secret, alg: 'HS512', hash: 'sha256' })), 401);
  assert.equal(await judge(token({ sub: 'u1' }, { secret })), 400);
  assert.equal(await judge(undefined), 400);
}));

test('a secret: time is looked at', () => withKey('s', async (judge) => {
  const judged = (more) => judge(token({ ...claims, ...more }, { secret: 's' }));
  assert.equal(await judged({ iat: now(), exp: now() + 100, nbf: now() - 1 }), null);
  assert.equal(await judged({ exp: now() - 3600 }), 401);
  assert.equal(await judged({ nbf: now() + 3600 }), 401);
  assert.equal(await judged({ exp: 'tomorrow' }), 401);
}));

test('a secret may stand in the environment, or in a file', async () => {
  await withKey(null, async (judge) => {
    assert.equal(await judge(token(claims, { secret: 'from outside' })), null);
    assert.equal(await judge(token(claims, { secret: 'x' })), 401);
  }, { env: { PARLEY_JWT_KEY: 'from outside' } });
  const file = join(folder, 'secret');
  await writeFile(file, 'from a file\n');
  await withKey(file, async (judge) => {
    assert.equal(await judge(token(claims, { secret: 'from a file' })), null);
    assert.equal(await judge(token(claims, { secret: 'x' })), 401);
  });
});

test('an RSA public key: RS passes, and a token signed with the public key as if it were a secret does not', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = publicKey.export({ type: 'spki', format: 'pem' });
  const file = join(folder, 'rsa.pem');
  await writeFile(file, pem);
  await withKey(file, async (judge) => {
    const signed = (alg, hash, key = privateKey) => token(claims, { alg, sign: (text) => sign(hash, Buffer.from(text), key).toString('base64url') });
    for (const size of ['256', '384', '512']) assert.equal(await judge(signed(`RS${size}`, `sha${size}`)), null, size);
    assert.equal(await judge(signed('RS256', 'sha256', generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey)), 401);
    for (const secret of [pem, pem.trimEnd()]) {
      for (const [alg, hash] of Object.entries(hmac)) assert.equal(await judge(token(claims, { secret, alg, hash })), 401, alg);
    }
    assert.equal(await judge(token(claims, { alg: 'none', sign: () => '' })), 401);
  });
});

test('an EC public key: ES256 passes', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const file = join(folder, 'ec.pem');
  await writeFile(file, publicKey.export({ type: 'spki', format: 'pem' }));
  await withKey(file, async (judge) => {
    const signed = (key) => token(claims, { alg: 'ES256', sign: (text) => sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url') });
    assert.equal(await judge(signed(privateKey)), null);
    assert.equal(await judge(signed(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey)), 401);
  });
});

test('without a key tokens are only read', () => withKey(null, async (judge) => {
  assert.equal(await judge(token(claims, { secret: 'anything' })), null);
  assert.equal(await judge(token({ ...claims, exp: 1 }, { alg: 'none', sign: () => '' })), null);
}));

test('a key that is none is told at start', async () => {
  const file = join(folder, 'private.pem');
  await writeFile(file, generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }));
  await assert.rejects(startServer(['--jwt-key', file]), /--jwt-key.*-pubout/s);
  await assert.rejects(startServer(['--jwt-key', join(folder, 'nowhere.pem')]), /--jwt-key: there is no file/);
});
