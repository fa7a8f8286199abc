import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { after, afterEach, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { growingFlows } from './lib/flows.mjs';
import { addClient, makeRoom } from './lib/mediasoup.mjs';
import { Meeting } from './lib/meeting.mjs';

let meeting;
before(async () => { meeting = await Meeting.start(); });
afterEach(() => meeting.leaveAll());
after(() => meeting.close());

const TIMEOUT_MS = 20_000;

async function enter(room, name, kinds = [], { library, browser } = {}) {
  const client = await meeting.openBlank(browser);
  client.name = name;
  await addClient(client, library);
  client.joined = await client.evaluate(([url, roomId, own]) => window.enter(url, roomId, own), [meeting.url, room, name]);
  for (const kind of kinds) await client.evaluate((wanted) => window.send(wanted), kind);
  return client;
}

const ack = (client, event, data) => client.evaluate(([name, value]) => window.ack(name, value), [event, data]);
const flows = (client) => client.evaluate(() => window.flows());

async function until(what, condition, timeout = TIMEOUT_MS) {
  const end = performance.now() + timeout;
  for (let last; ; await sleep(100)) {
    last = await condition();
    if (last) return last;
    if (performance.now() > end) assert.fail(`in vain: ${what}`);
  }
}

/** The kinds of what arrives and is decoded, or heard, while one watches; sorted. */
async function alive(client, observedMs = 1500) {
  const before = new Map((await flows(client)).map((flow) => [flow.id, flow]));
  await sleep(observedMs);
  return (await flows(client)).filter(({ id, kind, frames, energy }) => {
    const { frames: framesBefore = 0, energy: energyBefore = 0 } = before.get(id) ?? {};
    return kind === 'video' ? frames > framesBefore : energy > energyBefore;
  }).map(({ kind }) => kind).sort();
}

const untilAlive = (client, kinds) => until(`${client.name} receives ${kinds}`, async () => (await alive(client)).join() === kinds.join());
const untilHeard = (client, event, matches = () => true) => until(`${client.name} is told ${event}`, async () =>
  (await client.evaluate(() => window.events)).find(([name, value]) => name === event && matches(value)));

test('two clients and the page see and hear each other, and share the chat', async () => {
  const room = await makeRoom(meeting.url);
  assert.match(room, /^[A-Za-z0-9]{8}$/);
  const ann = await enter(room, 'Ann', ['audio', 'video']);
  assert.equal(ann.joined.isHost, true);
  const ben = await enter(room, 'Ben', ['audio', 'video']);
  assert.equal(ben.joined.isHost, false);
  assert.deepEqual(ben.joined.participants.map(({ name, isHost }) => [name, isHost]), [['Ann', true], ['Ben', false]]);
  const cyd = await meeting.join(room, 'Cyd');
  await untilAlive(ann, ['audio', 'audio', 'video', 'video']);
  await untilAlive(ben, ['audio', 'audio', 'video', 'video']);
  const page = await until('the page receives both', async () => {
    const growing = await growingFlows(cyd);
    return growing.length === 4 && growing;
  });
  assert.deepEqual(page.map(({ name, source }) => `${name} ${source}`).sort(), ['Ann camera', 'Ann microphone', 'Ben camera', 'Ben microphone']);

  const { producers } = await ack(ann, 'getProducers', {});
  assert.deepEqual(producers.map(({ userName, kind }) => `${userName} ${kind}`).sort(), ['Ben audio', 'Ben video', 'Cyd audio', 'Cyd video']);
  const { success, messageId } = await ack(ann, 'sendMessage', { roomId: room, message: 'Hello' });
  assert.equal(success, true);
  const [, message] = await untilHeard(ann, 'newMessage');
  assert.deepEqual([message.id, message.userName, message.message], [messageId, 'Ann', 'Hello']);
  await cyd.click('open-chat');
  await cyd.until(() => document.querySelector('[data-testid="message"] p')?.textContent === 'Hello', 'the message');
  await cyd.page.fill('[data-testid="chat-text"]', 'From the page');
  await cyd.page.press('[data-testid="chat-text"]', 'Enter');
  const [, answer] = await untilHeard(ben, 'newMessage', ({ message: text }) => text === 'From the page');
  assert.equal(answer.userName, 'Cyd');
  assert.ok(!Number.isNaN(Date.parse(answer.timestamp)));

  const { participants } = await meeting.roomState(room);
  assert.deepEqual(participants.map(({ name, connection }) => [name, connection]), [['Ann', 'connected'], ['Ben', 'connected'], ['Cyd', 'connected']]);
  const graph = await (await fetch(`${meeting.url}/api/rooms/${room}/graph.dot`)).text();
  assert.equal(graph.match(/sending\/webrtcbin" \[/g).length, 2);

  await ben.close();
  const [, left] = await untilHeard(ann, 'peerLeft');
  assert.equal(left.userName, 'Ben');
  await untilHeard(ann, 'producerClosed', ({ socketId }) => socketId === left.socketId);
  await untilHeard(ann, 'producerClosed', ({ socketId }) => socketId === undefined);
  await untilAlive(ann, ['audio', 'video']);
  await cyd.untilTiles(2);
});

test('a consumer is silent until it is resumed, and again when it is paused', async () => {
  const room = await makeRoom(meeting.url);
  const ann = await enter(room, 'Ann', ['video']);
  const ben = await enter(room, 'Ben');
  await untilAlive(ben, ['video']);
  const [{ id, producerId }] = await flows(ben);
  assert.deepEqual(await ack(ben, 'pauseConsumer', { consumerId: id }), { success: true });
  await sleep(500);
  assert.deepEqual(await alive(ben), []);
  assert.deepEqual(await ack(ben, 'resumeConsumer', { consumerId: id }), { success: true });
  await untilAlive(ben, ['video']);
  // Once more, by hand: nothing comes before the first resume, and the consumer before has ended.
  await ben.evaluate(async (producer) => {
    const { ask, device, receiving } = window.client;
    window.play(await receiving.consume(await ask('consume', { producerId: producer, rtpCapabilities: device.rtpCapabilities })));
  }, producerId);
  await sleep(500);
  assert.deepEqual(await alive(ben), []);
  assert.deepEqual(await ack(ben, 'resumeConsumer', { consumerId: id }), { error: 'Consumer not found' });
  await ack(ben, 'resumeConsumer', { consumerId: (await flows(ben)).at(-1).id });
  await untilAlive(ben, ['video']);
  assert.ok(ann.joined.success);
});

test('a second producer of a kind takes the place of the first', async () => {
  const room = await makeRoom(meeting.url);
  const ann = await enter(room, 'Ann', ['video']);
  const ben = await enter(room, 'Ben');
  await untilAlive(ben, ['video']);
  const [{ producerId: first }] = await flows(ben);
  const second = await ann.evaluate(() => window.send('video'));
  assert.notEqual(second, first);
  const [, closed] = await untilHeard(ben, 'producerClosed', ({ socketId }) => socketId !== undefined);
  assert.deepEqual([closed.producerId, closed.socketId], [first, ann.joined.participants.at(-1).socketId]);
  await untilHeard(ben, 'newProducer', ({ producerId }) => producerId === second);
  await untilAlive(ben, ['video']);
  assert.deepEqual((await flows(ben)).map(({ producerId }) => producerId), [second]);
  assert.equal((await ack(ben, 'getProducers', {})).producers.length, 1);
});

test('simulcast has the layers that were sent, and the page chooses among them', async () => {
  const room = await makeRoom(meeting.url);
  const ann = await enter(room, 'Ann');
  await ann.evaluate(() => window.send('video', {
    encodings: [{ scaleResolutionDownBy: 4, maxBitrate: 150_000 }, { scaleResolutionDownBy: 2, maxBitrate: 400_000 }, { scaleResolutionDownBy: 1, maxBitrate: 1_500_000 }],
  }));
  const cyd = await meeting.join(room, 'Cyd', { query: '&audio=0&video=0' });
  const layers = await until('three layers come in', async () => {
    const { participants } = await meeting.roomState(room);
    const [track] = participants[0].tracks;
    return track?.layers?.filter(({ active }) => active).length === 3 && track.layers;
  }, 40_000);
  assert.deepEqual(layers.map(({ rid }) => rid), ['r0', 'r1', 'r2']);
  const width = () => cyd.evaluate(async () => {
    const stats = [...(await window.parley.peerConnection.getStats()).values()];
    return stats.find(({ type, kind }) => type === 'inbound-rtp' && kind === 'video')?.frameWidth ?? 0;
  });
  for (const [layer, wanted] of [['r0', 240], ['r2', 960], ['r1', 480]]) {
    await cyd.evaluate((rid) => {
      const [track] = [...window.parley.participants.values()].flatMap(({ tracks }) => [...tracks.values()]);
      return window.parley.subscribe(track.id, { layer: rid });
    }, layer);
    await until(`layer ${layer}`, async () => (await width()) === wanted);
  }
  const ben = await enter(room, 'Ben');
  await untilAlive(ben, ['video']);
});

test('each mistake is answered in the words that clients know', async () => {
  const room = await makeRoom(meeting.url);
  const ann = await enter(room, 'Ann', ['audio']);
  const client = await meeting.openBlank();
  await addClient(client);
  const [, greeting] = await client.evaluate(async (url) => {
    const socket = window.example.io(`${url}/mediasoup`, { query: { userId: 'u7', userName: 'Ben' } });
    window.client = { socket };
    return [null, await new Promise((resolve) => { socket.on('connection-success', resolve); })];
  }, meeting.url);
  assert.deepEqual([greeting.userId, greeting.userName, typeof greeting.socketId], ['u7', 'Ben', 'string']);
  const error = async (event, data) => (await ack(client, event, data)).error;
  assert.equal(await error('joinRoom', { roomId: 'nowhere', userName: 'Ben' }), 'Room not found');
  assert.equal(await error('joinRoom', {}), 'Room not found');
  for (const event of ['getRouterRtpCapabilities', 'createProducerTransport', 'createConsumerTransport', 'getProducers', 'produce', 'consume', 'resumeConsumer'])
    assert.equal(await error(event, {}), 'Not in a room', event);
  assert.equal(await error('sendMessage', { roomId: room, message: 'x' }), 'Not in room');
  const joined = await ack(client, 'joinRoom', { roomId: room, userName: 'Ben' });
  assert.deepEqual([joined.success, joined.userId, joined.roomId], [true, 'u7', room]);
  const [{ producerId }] = joined.existingProducers;
  assert.equal(await error('sendMessage', { roomId: 'elsewhere', message: 'x' }), 'Not in room');
  assert.match(await error('sendMessage', { roomId: room, message: '' }), /^Server error in sendMessage: /);
  assert.equal(await error('connectProducerTransport', {}), 'Producer transport not found');
  assert.equal(await error('connectConsumerTransport', {}), 'Consumer transport not found');
  assert.equal(await error('produce', { kind: 'audio' }), 'Producer transport not found');
  assert.equal(await error('consume', { producerId }), 'Consumer transport not found');
  const transport = await ack(client, 'createProducerTransport', {});
  assert.deepEqual(Object.keys(transport), ['id', 'iceParameters', 'iceCandidates', 'dtlsParameters']);
  assert.equal(transport.iceParameters.iceLite, true);
  await ack(client, 'createConsumerTransport', {});
  assert.match(await error('connectProducerTransport', { dtlsParameters: { fingerprints: [] } }), /^Server error in connectProducerTransport: dtlsParameters\.fingerprints: /);
  assert.match(await error('produce', { kind: 'audio', rtpParameters: { codecs: [] } }), /^Server error in produce: rtpParameters\.codecs: /);
  assert.match(await error('produce', { kind: 'smell' }), /^Server error in produce: kind: /);
  assert.equal(await error('consume', { producerId, rtpCapabilities: {} }), 'Cannot consume this producer');
  assert.equal(await error('consume', { producerId: 'none', rtpCapabilities: {} }), 'Cannot consume this producer');
  assert.equal(await error('resumeConsumer', { consumerId: 'none' }), 'Consumer not found');
  assert.equal(await error('pauseConsumer', {}), 'Consumer not found');
  assert.deepEqual(await ack(ann, 'sendMessage', { roomId: room, message: 'still here' }).then(({ success }) => success), true);
});

test('who connects again joins again, and an empty room is gone', async () => {
  const room = await makeRoom(meeting.url);
  const ann = await enter(room, 'Ann', ['audio', 'video']);
  const ben = await enter(room, 'Ben');
  await untilAlive(ben, ['audio', 'video']);
  await ann.evaluate(() => window.client.socket.disconnect());
  await untilHeard(ben, 'peerLeft', ({ userName }) => userName === 'Ann');
  assert.deepEqual(await flows(ben), []);
  await ann.evaluate(async ([url, roomId]) => {
    await window.enter(url, roomId, 'Ann');
    await window.send('audio');
    await window.send('video');
  }, [meeting.url, room]);
  await untilAlive(ben, ['audio', 'video']);
  await Promise.all([ann, ben].map((client) => client.evaluate(() => window.client.socket.disconnect())));
  await until('the room is gone', async () => (await meeting.roomState(room)) === null);
});

test('a client of 2020, which waits for our DTLS handshake, is as welcome', async () => {
  const room = await makeRoom(meeting.url);
  const ann = await enter(room, 'Ann', ['audio', 'video'], { library: 'mediasoup-client-3.6' });
  const ben = await enter(room, 'Ben', ['audio', 'video']);
  await untilAlive(ben, ['audio', 'video']);
  await untilAlive(ann, ['audio', 'video']);
});

test('Firefox sees and hears Chromium, and the other way round', async () => {
  const room = await makeRoom(meeting.url);
  const ann = await enter(room, 'Ann', ['audio', 'video'], { browser: await meeting.firefox() });
  const ben = await enter(room, 'Ben', ['audio', 'video']);
  await untilAlive(ben, ['audio', 'video']);
  await untilAlive(ann, ['audio', 'video']);
});

test('a transport that a client closes ends what was on it, not its seat', async () => {
  const room = await makeRoom(meeting.url);
  const ann = await enter(room, 'Ann', ['audio', 'video']);
  const ben = await enter(room, 'Ben', ['audio', 'video']);
  await untilAlive(ann, ['audio', 'video']);
  await untilAlive(ben, ['audio', 'video']);
  await ann.evaluate(() => window.client.sending.close());
  await until('nothing comes from Ann', async () => (await ack(ben, 'getProducers', {})).producers.length === 0);
  assert.deepEqual(await ben.evaluate(() => window.events.filter(([name]) => name === 'peerLeft')), []);
  await untilAlive(ann, ['audio', 'video']);
  await ann.evaluate(async () => {
    const { ask, device } = window.client;
    const sending = device.createSendTransport(await ask('createProducerTransport'));
    sending.on('connect', ({ dtlsParameters }, done, failed) => ask('connectProducerTransport', { dtlsParameters }).then(done, failed));
    sending.on('produce', ({ kind, rtpParameters }, done, failed) => ask('produce', { kind, rtpParameters }).then(done, failed));
    window.client.sending = sending;
    await window.send('video');
  });
  await untilAlive(ben, ['video']);

  const [{ id: consumerId }] = await flows(ben);
  await ben.evaluate(() => { window.client.receiving.close(); window.consumers = []; });
  await until('the server has noticed', async () => (await meeting.roomState(room)).participants[1].subscriptions.length === 0);
  assert.deepEqual(await ack(ben, 'resumeConsumer', { consumerId }), { error: 'Consumer not found' });
  await ben.evaluate(async () => {
    const { ask, device } = window.client;
    const receiving = device.createRecvTransport(await ask('createConsumerTransport'));
    receiving.on('connect', ({ dtlsParameters }, done, failed) => ask('connectConsumerTransport', { dtlsParameters }).then(done, failed));
    const { producers: [{ producerId }] } = await ask('getProducers');
    const consumer = await receiving.consume(await ask('consume', { producerId, rtpCapabilities: device.rtpCapabilities }));
    window.play(consumer);
    await ask('resumeConsumer', { consumerId: consumer.id });
  });
  await untilAlive(ben, ['video']);
});

test('a consumer goes on when the page that it receives makes a new connection', async () => {
  const room = await makeRoom(meeting.url);
  const ann = await enter(room, 'Ann');
  const cyd = await meeting.join(room, 'Cyd');
  await untilAlive(ann, ['audio', 'video']);
  const before = (await flows(ann)).map(({ id }) => id);
  await cyd.evaluate(() => {
    const pc = window.parley.peerConnection;
    Object.defineProperty(pc, 'connectionState', { value: 'failed' });
    pc.onconnectionstatechange(new Event('connectionstatechange'));
  });
  await cyd.until(() => window.parley.state === 'joined' && window.parley.peerConnection?.connectionState === 'connected', 'a new connection');
  await untilAlive(ann, ['audio', 'video']);
  assert.deepEqual((await flows(ann)).map(({ id }) => id), before);
});

test('another certificate than the one told of ends the transport, and transports are not made without end', async () => {
  const room = await makeRoom(meeting.url);
  const ann = await enter(room, 'Ann');
  const ben = await enter(room, 'Ben');
  await ann.evaluate(async () => {
    const { ask, device } = window.client;
    const sending = device.createSendTransport(await ask('createProducerTransport'));
    const value = Array(32).fill('00').join(':');
    sending.on('connect', (_, done, failed) => ask('connectProducerTransport', { dtlsParameters: { fingerprints: [{ algorithm: 'sha-256', value }] } }).then(done, failed));
    sending.on('produce', ({ kind, rtpParameters }, done, failed) => ask('produce', { kind, rtpParameters }).then(done, failed));
    window.client.sending = sending;
    await window.send('video');
  });
  await untilHeard(ben, 'producerClosed', ({ socketId }) => socketId !== undefined);
  assert.deepEqual((await flows(ben)).filter(({ frames }) => frames > 0), []);
  assert.ok(meeting.server.log.some((line) => line.includes('fingerprint_mismatch')));
  const replies = await ann.evaluate(() => Promise.all(Array.from({ length: 12 }, () => window.ack('createProducerTransport', {}))));
  assert.ok(replies.some(({ error }) => error?.startsWith('Server error in createProducerTransport: Too many transports')));
  assert.equal((await ack(ann, 'sendMessage', { roomId: room, message: 'here' })).success, true);
});

test('clients that come and go leave no thread and no file behind', async () => {
  const room = await makeRoom(meeting.url);
  const ann = await enter(room, 'Ann', ['audio']);
  const ben = await enter(room, 'Ben');
  const held = async () => {
    const count = async (what) => (await readdir(`/proc/${meeting.server.pid}/${what}`)).length;
    return { threads: await count('task'), files: await count('fd') };
  };
  const comeAndGo = async (times) => {
    for (let i = 0; i < times; ++i) {
      await ben.evaluate(() => window.client.socket.disconnect());
      await ben.evaluate(() => { window.client.sending.close(); window.client.receiving.close(); window.consumers = []; });
      await ben.evaluate(async ([url, roomId]) => {
        await window.enter(url, roomId, 'Ben');
        await window.send('audio');
      }, [meeting.url, room]);
    }
  };
  await comeAndGo(3);
  await untilAlive(ben, ['audio']);
  const before = await held();
  await comeAndGo(15);
  await untilAlive(ben, ['audio']);
  // GLib's pools let idle threads go after a while.
  await until('what was taken is given back', async () => {
    const { threads, files } = await held();
    return threads <= before.threads && files <= before.files;
  }, 40_000);
  assert.equal(ann.joined.success, true);
});

test('two rooms do not hear each other', async () => {
  const [one, other] = [await makeRoom(meeting.url), await makeRoom(meeting.url)];
  const ann = await enter(one, 'Ann', ['audio']);
  const ben = await enter(other, 'Ben');
  const [{ id: producerId } = {}] = await ann.evaluate(() => [{ id: window.producers.audio.id }]);
  const { error } = await ben.evaluate((producer) => window.ack('consume', { producerId: producer, rtpCapabilities: window.client.device.rtpCapabilities }), producerId);
  assert.equal(error, 'Cannot consume this producer');
  assert.equal((await ack(ann, 'sendMessage', { roomId: one, message: 'secret' })).success, true);
  assert.deepEqual((await ack(ben, 'getProducers', {})).producers, []);
  await sleep(500);
  assert.deepEqual(await ben.evaluate(() => window.events), []);
});
