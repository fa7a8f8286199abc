import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const START_TIMEOUT_MS = 10_000;
const STOP_TIMEOUT_MS = 10_000;

/**
 * Starts the server binary that PARLEY_BINARY names, on free ports of loopback.
 *
 * @param {string[]} [options] more command-line options
 * @param {{env?: Record<string, string>, softFiles?: number, port?: number}} [environment] softFiles: how many files it may open
 */
export async function startServer(options = [], { env = {}, softFiles, port } = {}) {
  const binary = process.env.PARLEY_BINARY;
  if (!binary) throw new Error('PARLEY_BINARY is not set; set it to the path of the parley server, or run scripts/test');
  const recordings = await mkdtemp(join(tmpdir(), 'parley-e2e-'));
  const rtcPort = await freeUdpPort();
  const command = [
    binary, '--listen', `127.0.0.1:${port ?? await freeTcpPort()}`, '--rtc-port', String(rtcPort), '--recordings', recordings, ...options,
  ];
  if (softFiles) command.unshift('/bin/sh', '-c', `ulimit -Sn ${softFiles}; exec "$0" "$@"`);
  const child = spawn(command[0], command.slice(1), { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  const log = [];
  createInterface({ input: child.stderr }).on('line', (line) => log.push(line));
  const url = await pageUrl(child, log);
  return {
    url,
    rtcPort,
    pid: child.pid,
    /** What the server wrote to stderr. */
    log,
    /** Ends it as an operator would; rejects when it does not end, or not well. */
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`the server had ended before: ${describe(child, log)}`);
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      child.kill('SIGTERM');
      await once(child, 'exit');
      clearTimeout(timer);
      if (child.exitCode !== 0) throw new Error(`the server did not stop well: ${describe(child, log)}`);
    },
  };
}

/** The URL the server prints when it is ready. */
function pageUrl(child, log) {
  return new Promise((resolve, reject) => {
    const fail = (why) => {
      child.kill('SIGKILL');
      reject(new Error(`the server ${why}: ${describe(child, log)}`));
    };
    const timer = setTimeout(() => fail('printed no URL'), START_TIMEOUT_MS);
    child.once('error', (error) => fail(`could not be started (${error.message})`));
    child.once('exit', () => fail('ended while starting'));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const found = /https?:\/\/[^\s/]+/.exec(line);
      if (!found) return;
      clearTimeout(timer);
      child.removeAllListeners('exit');
      resolve(found[0]);
    });
  });
}

function describe({ exitCode, signalCode }, log) {
  return `exit ${exitCode ?? signalCode}\n${log.slice(-20).join('\n')}`;
}

/** A port of loopback that nobody listens on. */
export async function freeTcpPort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}

async function freeUdpPort() {
  const probe = createSocket('udp4').bind(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}

/** Whether somebody listens on a port of loopback. @returns {Promise<boolean>} */
export function accepts(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (result) => () => { socket.destroy(); resolve(result); };
    socket.once('connect', end(true)).once('error', end(false));
  });
}
