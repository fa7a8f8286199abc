import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { findJanus, startJanus } from '../bench/lib/janus_server.mjs';
import { freeTcpPort, startServer } from '../e2e/lib/server.mjs';

const LOAD = join(dirname(process.env.PARLEY_BINARY), '../load/parley-load');

function startLoad(...options) {
  const child = spawn(LOAD, options);
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) child[name].on('data', (data) => (output[name] += data));
  const done = once(child, 'close').then(([status, signal]) => ({ status, signal, ...output }));
  return { child, done };
}

/** Runs the tool to its end. */
const load = (...options) => startLoad(...options).done;

let server;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

test('every packet of two publishers reaches five subscribers', async () => {
  const { status, stdout, stderr } = await load(server.url, '--publishers', '2', '--subscribers', '5', '--warmup', '1s', '--duration', '3s', '--pid', server.pid, '--json', '-');
  assert.equal(status, 0, stderr);
  const report = JSON.parse(stdout);
  assert.deepEqual(report.clients, { wanted: 7, joined: 7, failed: 0, churned: 0 });
  // Two times 120 packets of video and 50 of audio a second; a loaded machine may make fewer.
  assert.ok(report.packets.sent > 700 && report.packets.sent < 1100, `${report.packets.sent} packets sent`);
  assert.equal(report.packets.expected, 5 * report.packets.sent);
  assert.equal(report.packets.received, report.packets.expected);
  assert.equal(report.packets.lost, 0);
  assert.equal(report.latencyMs.count, report.packets.received);
  const { p50, p95, p99, max } = report.latencyMs;
  assert.ok(p50 > 0 && p50 <= p95 && p95 <= p99 && p99 <= max, 'latencies rise');
  assert.equal(report.joinMs.count, 5);
  assert.ok(report.joinMs.median > 0);
  assert.ok(report.server.cpuMicrosecondsPerPacket > 0);
  assert.ok(report.server.threads > report.server.threadsBefore);
  assert.match(stderr, /lost {7}0 of/u, 'the table goes to stderr when the JSON has stdout');
});

test('all receive each other in a room of three', async () => {
  const { status, stdout, stderr } = await load(server.url, '--rooms', '2', '--publishers', '3', '--subscribers', '0', '--all-to-all', '--warmup', '1s', '--duration', '2s', '--json', '-');
  assert.equal(status, 0, stderr);
  const { packets } = JSON.parse(stdout);
  assert.equal(packets.expected, 2 * packets.sent);
  assert.equal(packets.lost, 0);
});

test('loss on the tool\'s sockets is made up for by retransmission', async () => {
  const lossy = ['--subscribers', '2', '--no-audio', '--loss-in', '5%', '--delay', '5ms', '--warmup', '1s', '--duration', '3s', '--json', '-'];
  const repaired = JSON.parse((await load(server.url, ...lossy)).stdout);
  const bare = JSON.parse((await load(server.url, ...lossy, '--no-nack')).stdout);
  assert.ok(repaired.packets.recovered > 0);
  assert.ok(repaired.packets.lossPercent < 1, `${repaired.packets.lossPercent} % lost`);
  assert.ok(bare.packets.lossPercent > 2 && bare.packets.lossPercent < 9, `${bare.packets.lossPercent} % lost`);
  assert.ok(bare.latencyMs.p50 >= 10, 'the delay both ways is in the latency');
});

test('subscribers come and go', async () => {
  const { status, stdout, stderr } = await load(server.url, '--subscribers', '4', '--churn', '3/s', '--warmup', '1s', '--duration', '3s', '--json', '-');
  assert.equal(status, 0, stderr);
  const { clients, packets, joinMs } = JSON.parse(stdout);
  assert.ok(clients.churned >= 5, `${clients.churned} left and joined again`);
  assert.ok(joinMs.count > 4);
  assert.equal(packets.lost, 0);
});

test('a publisher by WHIP reaches players by WHEP', async () => {
  const { status, stdout, stderr } = await load(server.url, '--protocol', 'whip', '--subscribers', '3', '--warmup', '1s', '--duration', '2s', '--json', '-');
  assert.equal(status, 0, stderr);
  const { clients, packets } = JSON.parse(stdout);
  assert.equal(clients.joined, 4);
  assert.equal(packets.expected, 3 * packets.sent);
  assert.equal(packets.lost, 0);
  assert.ok(packets.received > 600, `${packets.received} packets received`);
  const refused = await load(server.url, '--protocol', 'whip', '--publishers', '2');
  assert.equal(refused.status, 2);
});

test('of three simulcast layers each subscriber gets one', async () => {
  const { status, stdout, stderr } = await load(server.url, '--simulcast', '3', '--subscribers', '2', '--no-audio', '--warmup', '3s', '--duration', '2s', '--json', '-');
  assert.equal(status, 0, stderr);
  const { sent, received, lost } = JSON.parse(stdout).packets;
  assert.equal(lost, 0);
  // 120 packets a second in the best layer, 30 in each of the other two.
  assert.ok(sent > 250 && sent < 400, `${sent} packets sent`);
  assert.ok(received > 300 && received < 1.5 * sent, `${received} packets received of ${sent} sent`);
});

test('sampling counts by headers and measures latency of some', async () => {
  const { stdout } = await load(server.url, '--subscribers', '2', '--decrypt', 'sample', '--warmup', '1s', '--duration', '2s', '--json', '-');
  const { packets, latencyMs } = JSON.parse(stdout);
  assert.equal(packets.lost, 0);
  assert.ok(packets.received > 400);
  assert.ok(latencyMs.count > 10 && latencyMs.count < packets.received / 8);
});

test('a server that is not there is named, with status 1', async () => {
  const { status, stderr } = await load(`http://127.0.0.1:${await freeTcpPort()}`);
  assert.equal(status, 1);
  assert.match(stderr, /connect_failed: cannot open ws:\/\/127\.0\.0\.1:\d+\/ws/u);
});

test('a path that is no WebSocket is named, with status 1', async () => {
  const { status, stderr } = await load(`${server.url}/healthz`);
  assert.equal(status, 1);
  assert.match(stderr, /connect_failed: cannot open .*\/healthz/u);
});

test('a bad option is one line and status 2', async () => {
  const { status, stderr } = await load(server.url, '--loss-in', 'much');
  assert.equal(status, 2);
  assert.match(stderr, /^parley-load: --loss-in: 'much'.*\n$/u);
});

test('a full room is told, and the others are measured', async () => {
  const small = await startServer(['--max-participants', '3']);
  const { status, stdout, stderr } = await load(small.url, '--subscribers', '4', '--warmup', '0', '--duration', '1s', '--json', '-');
  await small.stop();
  assert.equal(status, 1);
  assert.match(stderr, /2 clients: room_full/u);
  const { clients, packets } = JSON.parse(stdout);
  assert.equal(clients.failed, 2);
  assert.ok(packets.received > 0);
});

test('a server that goes away is told at once', async () => {
  const doomed = await startServer();
  const { child, done } = startLoad(doomed.url, '--subscribers', '2', '--warmup', '0', '--duration', '60s', '--json', '-');
  await sleep(2500);
  process.kill(doomed.pid, 'SIGKILL');
  const { status, stdout, stderr } = await done;
  assert.equal(status, 1, `${child.pid}: ${stderr}`);
  assert.match(stderr, /server_gone/u);
  assert.ok(JSON.parse(stdout).seconds < 30);
});

test('Ctrl-C prints what was measured so far', async () => {
  const { child, done } = startLoad(server.url, '--warmup', '0', '--duration', '60s', '--json', '-');
  await sleep(3000);
  child.kill('SIGINT');
  const { status, stdout } = await done;
  assert.equal(status, 130);
  const { interrupted, seconds, packets } = JSON.parse(stdout);
  assert.equal(interrupted, true);
  assert.ok(seconds > 0.5 && seconds < 30);
  assert.ok(packets.received > 50);
});

test('the same load runs against Janus', { skip: (await findJanus()) ? false : 'Janus is not installed' }, async () => {
  const other = await startJanus();
  const options = ['--protocol', 'janus', '--warmup', '1s', '--duration', '2s', '--pid', other.pid, '--json', '-'];
  try {
    const fanned = await load(other.url, '--publishers', '2', '--subscribers', '3', ...options);
    assert.equal(fanned.status, 0, fanned.stderr);
    const { packets } = JSON.parse(fanned.stdout);
    assert.equal(packets.expected, 3 * packets.sent);
    assert.ok(packets.lossPercent < 1, `${packets.lossPercent} % lost`);
    const mutual = await load(other.url, '--publishers', '3', '--subscribers', '0', '--all-to-all', ...options);
    assert.equal(mutual.status, 0, mutual.stderr);
    assert.ok(JSON.parse(mutual.stdout).packets.received > 1000);
  } finally {
    await other.stop();
  }
});
