import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, afterEach, before, test } from 'node:test';
import { Meeting } from './lib/meeting.mjs';
import { freeTcpPort } from './lib/server.mjs';

const PEERJS = createRequire(import.meta.url).resolve('peerjs').replace(/bundler\.\w+$/, 'peerjs.min.js');

let meeting, ownPort;
before(async () => {
  ownPort = await freeTcpPort();
  meeting = await Meeting.start(['--peerjs-port', String(ownPort)]);
});
afterEach(() => meeting.leaveAll());
after(() => meeting.close());

/** A page with the PeerJS client as it comes from npm. */
async function openPeer(id, options) {
  const client = await meeting.openBlank();
  await client.page.addScriptTag({ path: PEERJS });
  const opened = await client.evaluate(({ id: own, options: given }) => new Promise((resolve, reject) => {
    const peer = own ? new Peer(own, given) : new Peer(given);
    window.peer = peer;
    peer.once('open', resolve);
    peer.once('error', ({ type }) => reject(new Error(type)));
  }), { id, options });
  return { client, id: opened };
}

const places = {
  'the main port': () => ({ host: '127.0.0.1', port: Number(new URL(meeting.url).port), path: '/peerjs' }),
  'a port of its own': () => ({ host: '127.0.0.1', port: ownPort, path: '/' }),
};

for (const [place, options] of Object.entries(places)) {
  test(`PeerJS clients find each other at ${place}: data and a call with pictures`, async () => {
    const ann = await openPeer(undefined, options());
    assert.match(ann.id, /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/);
    await ann.client.evaluate(() => {
      window.peer.on('connection', (connection) => connection.on('data', (data) => connection.send({ heard: data })));
      window.peer.on('call', async (call) => call.answer(await navigator.mediaDevices.getUserMedia({ video: true, audio: true })));
    });
    const bob = await openPeer('bob-1', options());
    assert.equal(bob.id, 'bob-1');
    const heard = await bob.client.evaluate((id) => new Promise((resolve) => {
      const connection = window.peer.connect(id);
      connection.on('open', () => connection.send('hello'));
      connection.on('data', resolve);
    }), ann.id);
    assert.deepEqual(heard, { heard: 'hello' });
    const width = await bob.client.evaluate(async (id) => {
      const call = window.peer.call(id, await navigator.mediaDevices.getUserMedia({ video: true, audio: true }));
      const stream = await new Promise((resolve) => { call.on('stream', resolve); });
      const video = Object.assign(document.createElement('video'), { srcObject: stream, autoplay: true, muted: true });
      document.body.append(video);
      await new Promise((resolve) => { video.requestVideoFrameCallback(resolve); });
      return video.videoWidth;
    }, ann.id);
    assert.ok(width > 0);
  });
}

test('an id is held by the token it came with, and free again when its page is closed', async () => {
  const options = places['the main port']();
  const first = await openPeer('only-one', options);
  await assert.rejects(openPeer('only-one', options), /unavailable-id/);
  await first.client.evaluate(() => window.peer.destroy());
  for (let tries = 0; ; ++tries) {
    const again = await openPeer('only-one', options).catch((error) => error);
    if (again.id) break;
    assert.ok(tries < 20, String(again));
  }
});

test('whoever is called and is not there is told of as unavailable', async () => {
  const { client } = await openPeer(undefined, places['a port of its own']());
  const type = await client.evaluate(() => new Promise((resolve) => {
    window.peer.on('error', (error) => resolve(error.type));
    window.peer.connect('nobody');
  }));
  assert.equal(type, 'peer-unavailable');
});

test('the HTTP side is what PeerJS clients ask for', async () => {
  for (const base of [`${meeting.url}/peerjs/`, `${meeting.url}/peerjs`, `http://127.0.0.1:${ownPort}/`]) {
    const response = await fetch(base, { headers: { Origin: 'http://elsewhere.example' } });
    assert.equal(response.headers.get('Access-Control-Allow-Origin'), 'http://elsewhere.example');
    assert.deepEqual(Object.keys(await response.json()), ['name', 'description', 'website']);
  }
  assert.match(await (await fetch(`${meeting.url}/peerjs/peerjs/id?ts=1&version=1.5.5`)).text(), /^[0-9a-f-]{36}$/);
  assert.equal((await fetch(`${meeting.url}/peerjs/peerjs/peers`)).status, 401);
  assert.equal((await fetch(`http://127.0.0.1:${ownPort}/api/rooms`)).status, 404);
});

test('a WebSocket without a name, or with a wrong key, is told why', async () => {
  const page = await meeting.openBlank();
  const first = (query) => page.evaluate((url) => new Promise((resolve, reject) => {
    const socket = new WebSocket(url);
    socket.addEventListener('message', ({ data }) => resolve(JSON.parse(data)));
    socket.addEventListener('error', reject);
  }), `${meeting.url.replace('http', 'ws')}/peerjs/peerjs?${query}`);
  assert.deepEqual(await first('key=peerjs&id=a'), { type: 'ERROR', payload: { msg: 'No id, token, or key supplied to websocket server' } });
  assert.deepEqual(await first('key=other&id=a&token=b'), { type: 'ERROR', payload: { msg: 'Invalid key provided' } });
});
