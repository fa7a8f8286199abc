import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startServer } from '../e2e/lib/server.mjs';
import { RawSocket } from './lib/raw_socket.mjs';

const NOT_TEXT = [null, 7, true, [], {}];
const NOT_BOOLEAN = [null, 1, 'true', [], {}];
const NOT_OBJECT = [null, 1, 'x', true, []];
const NOT_WORD = [...NOT_TEXT, '', 'x'.repeat(65), 'two words', 'pärchen', '../x'];

/**
 * Every request of parley.v1: an example, and what is wrong with each of its members. `[member, wrong values,
 * code]`; without a code it is invalid_field. A member named in `needed` may not be missing.
 */
const REQUESTS = [
  {
    example: { type: 'join', room: 'bad-join', name: 'Ann', resume: { participant: 'p', token: 't' } },
    needed: ['room', 'name', 'resume.participant', 'resume.token'],
    wrong: [
      ['room', NOT_WORD],
      ['room', ['api', 'assets', 'ws']],
      ['name', [...NOT_TEXT, '', '  ', 'a\nb', 'a\u0007']],
      ['name', ['x'.repeat(65), 'ä'.repeat(65)], 'name_too_long'],
      ['token', [...NOT_TEXT, '', 'x'.repeat(1025)]],
      ['resume', NOT_OBJECT],
      ['resume.participant', NOT_WORD],
      ['resume.token', [...NOT_TEXT, '', 'x'.repeat(1025)]],
      ['resume.media', [...NOT_TEXT, 'old']],
      ['subscribe', [...NOT_TEXT, 'some']],
      ['data', NOT_BOOLEAN],
      ['mediaLines', [null, '127', 15, 256, -1, 1.5, []]],
    ],
  },
  {
    example: { type: 'publish', source: 'camera' },
    needed: ['source'],
    wrong: [['source', [...NOT_TEXT, 'webcam']], ['kind', [...NOT_TEXT, 'smell']], ['muted', NOT_BOOLEAN], ['mid', [...NOT_TEXT, '', 'x'.repeat(33), 'a b']]],
  },
  { example: { type: 'unpublish', track: 't' }, needed: ['track'], wrong: [['track', NOT_WORD]] },
  {
    example: { type: 'subscribe', track: 't' },
    needed: [],  // without a track it is "tracks" that is missing
    wrong: [['track', NOT_WORD], ['paused', NOT_BOOLEAN], ['layer', [...NOT_TEXT, 'x'.repeat(33), 'a b']], ['wanted', NOT_BOOLEAN]],
  },
  {
    example: { type: 'subscribe', tracks: [{ track: 't' }] },
    needed: ['tracks[0].track'],
    wrong: [
      ['tracks', [null, 1, 'x', true, {}]],
      ['tracks', [Array(10_000).fill({ track: 't' })]],
      ['tracks[0]', NOT_OBJECT],
      ['tracks[0].track', NOT_WORD],
      ['tracks[0].paused', NOT_BOOLEAN],
      ['tracks[0].layer', [...NOT_TEXT, 'x'.repeat(33)]],
    ],
  },
  { example: { type: 'mute', track: 't', muted: true }, needed: ['track', 'muted'], wrong: [['track', NOT_WORD], ['muted', NOT_BOOLEAN]] },
  {
    example: { type: 'chat', text: 'Hi' },
    needed: ['text'],
    wrong: [['text', [...NOT_TEXT, 'a\u0007']], ['text', ['', ' \n'], 'empty_message'], ['text', ['x'.repeat(4001)], 'message_too_long']],
  },
  { example: { type: 'offer', sdp: 'v=0' }, needed: ['sdp'], wrong: [['sdp', [...NOT_TEXT, '']]] },
  { example: { type: 'answer', sdp: 'v=0' }, needed: ['sdp'], wrong: [['sdp', [...NOT_TEXT, '']], ['version', [null, '1', -1, 1.5, 2 ** 32, true, []]]] },
  { example: { type: 'candidate', candidate: '' }, needed: ['candidate'], wrong: [['candidate', [7, true, [], 'candidate:1', 'candidate:1 1 udp 1 192.0.2.1 9 typ'.padEnd(2000, ' x')]]] },
];

let server;
let resident;
before(async () => {
  server = await startServer();
  resident = await RawSocket.open(server.url);
  const joined = await resident.request({ id: 1, type: 'join', room: 'bad-input', name: 'Resident', data: false });
  assert.equal(joined.type, 'ok');
});
after(async () => {
  await resident.close();
  await server.stop();
});

/** A connection that has joined the resident's room, or one that has not. */
async function connection(type) {
  const socket = await RawSocket.open(server.url);
  if (type !== 'join') await socket.request({ id: 'join', type: 'join', room: 'bad-input', name: 'Guest', data: false });
  return socket;
}

/** `a.b[0].c` as the steps to go. */
const steps = (path) => path.split(/[.[\]]+/).filter((step) => step !== '');

function change(message, path, apply) {
  const copy = structuredClone(message);
  const way = steps(path);
  const last = way.pop();
  apply(way.reduce((part, step) => part[step], copy), last);
  return copy;
}

for (const { example, needed, wrong } of REQUESTS) {
  const words = Object.keys(example).filter((name) => name !== 'type').join(', ');

  test(`${example.type} {${words}}: what is missing, of a wrong type or too large is named, and changes nothing`, async () => {
    const socket = await connection(example.type);
    let id = 0;
    const refused = async (message, path, code) => {
      const reply = await socket.request({ id: ++id, ...message });
      const shown = `${JSON.stringify(message).slice(0, 120)}: ${JSON.stringify(reply.error)}`;
      assert.equal(reply.type, 'error', shown);
      assert.equal(reply.error.code, code, shown);
      assert.match(reply.error.message, new RegExp(`^${path.replace(/[.[\]]/g, '\\$&')}\\b|^${path.replace(/[.[\]]/g, '\\$&')} `), shown);
      assert.ok(reply.error.message.length < 300, shown);
      // The rate of a well-behaved client: what is tested here is not the limit of requests.
      if (id % 40 === 0) await new Promise((resolve) => { setTimeout(resolve, 500); });
    };
    for (const path of needed) await refused(change(example, path, (part, name) => { delete part[name]; }), path, 'missing_field');
    for (const [path, values, code = 'invalid_field'] of wrong) {
      // A name is looked at by the room, which a resume does not ask.
      const base = path === 'resume.media' || path.startsWith('resume') || example.type !== 'join' ? example : { ...example, resume: undefined };
      for (const value of values) await refused(change(base, path, (part, name) => { part[name] = value; }), path, code);
    }
    await socket.close();
  });

  test(`${example.type} {${words}}: members that nobody knows are ignored`, async () => {
    const socket = await connection(example.type);
    const plain = await socket.request({ id: 1, ...example });
    const known = await socket.request({ id: 2, ...example, colour: 'blue', nested: { deep: [1, 2, { x: null }] }, constructor: 1 });
    assert.deepEqual([known.type, known.error?.code], [plain.type, plain.error?.code]);
    await socket.close();
  });
}

test('what is no request of the protocol gets an error with the id, where there is one', async () => {
  const socket = await connection('chat');
  const cases = [
    ['{"id": 1, "type": "dance"}', 'unknown_type', 1],
    ['{"id": "x", "type": 7}', 'bad_request', 'x'],
    ['{"id": 3}', 'bad_request', 3],
    ['{"id": 1.5, "type": "ping"}', 'bad_request', undefined],
    ['{"type": "ping"}', 'bad_request', undefined],
    ['[]', 'bad_request', undefined],
    ['"ping"', 'bad_request', undefined],
    ['', 'bad_request', undefined],
    ['{"id": 1, "type": "ping"', 'bad_request', undefined],
    ['{"id": 1, "type": "ping"} x', 'bad_request', undefined],
    ["{'id': 1, 'type': 'ping'}", 'bad_request', undefined],
    [`{"id": 1, "type": "ping"${Array.from({ length: 300 }, (_, i) => `, "m${i}": 0`).join('')}}`, 'bad_request', undefined],
    [`{"id": 1, "type": "ping", "x": ${'['.repeat(100_000)}`, 'bad_request', undefined],
    ['{"id": 1, "type": "chat", "text": "\\u0000"}', 'bad_request', undefined],
  ];
  for (const [text, code, id] of cases) {
    await socket.text(text);
    const reply = await socket.find(({ type }) => type === 'error');
    assert.deepEqual([reply.error.code, reply.id], [code, id], text.slice(0, 80));
  }
  assert.equal((await socket.request({ id: 'alive', type: 'ping' })).type, 'ok');
  await socket.close();
});

test('requests ahead of a join, and a second join, say what to do', async () => {
  const socket = await RawSocket.open(server.url);
  for (const type of ['leave', 'publish', 'unpublish', 'subscribe', 'mute', 'chat', 'offer', 'answer', 'candidate']) {
    const { example } = REQUESTS.find((request) => request.example.type === type) ?? { example: { type } };
    const reply = await socket.request({ id: type, ...example });
    assert.equal(reply.error.code, 'not_joined', type);
    assert.match(reply.error.message, /join/i);
  }
  const join = { type: 'join', room: 'bad-input', name: 'Guest' };
  assert.equal((await socket.request({ id: 1, ...join })).type, 'ok');
  assert.equal((await socket.request({ id: 2, ...join })).error.code, 'already_joined');
  await socket.close();
});

test('of all that the others in the room heard nothing but who came, left and published', async () => {
  const heard = new Set(resident.messages.splice(0).map((text) => JSON.parse(text).type));
  for (const type of ['joined', 'offer', 'chat', 'participant-joined', 'participant-left']) heard.delete(type);
  assert.deepEqual([...heard], []);
  assert.equal((await resident.request({ id: 2, type: 'ping' })).type, 'ok');
});
