// A client whose network lets nothing out but TCP: through a real TURN server.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { launchChromium } from './lib/browsers.mjs';
import { untilAlive } from './lib/flows.mjs';
import { joinAlone } from './lib/participant.mjs';
import { accepts, freeTcpPort, startServer } from './lib/server.mjs';

const SECRET = 'shared by the two';
const CAMERA = { camera: { width: 320, height: 240, frameRate: 20 }, microphone: true };

let turn, server, browser;
before(async () => {
  turn = await startTurn();
  server = await startServer(['--ice-server', `turn:127.0.0.1:${turn.port}?transport=tcp`, '--turn-secret', SECRET]);
  browser = await launchChromium();
});
after(async () => {
  await browser?.close();
  await server?.stop();
  await turn?.stop();
});

/** coturn with credentials of the kind that the server makes, and loopback let through. */
async function startTurn() {
  const folder = await mkdtemp(join(tmpdir(), 'parley-turn-'));
  const port = await freeTcpPort();
  const child = spawn('turnserver', [
    '-c', '/dev/null', '--listening-ip', '127.0.0.1', '--relay-ip', '127.0.0.1', '--listening-port', String(port), '--no-udp', '--no-tls', '--no-dtls',
    '--realm', 'parley', '--use-auth-secret', '--static-auth-secret', SECRET, '--allow-loopback-peers', '--no-cli',
    '--userdb', join(folder, 'turndb'), '--pidfile', join(folder, 'pid'), '--log-file', 'stdout',
  ], { stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => { log += text; });
  for (let tries = 0; !(await accepts(port)); ++tries) {
    if (tries > 100 || child.exitCode !== null) throw new Error(`turnserver does not start: ${log.slice(-2000)}`);
    await sleep(100);
  }
  return {
    port,
    stop: async () => {
      child.kill('SIGKILL');
      await once(child, 'exit');
      await rm(folder, { recursive: true });
    },
  };
}

/** Runs in a page before its scripts: it may send through TURN alone. */
function relayOnly() {
  const Connection = globalThis.RTCPeerConnection;
  globalThis.RTCPeerConnection = class extends Connection {
    constructor(configuration) {
      super({ ...configuration, iceTransportPolicy: 'relay' });
    }
  };
}

test('media flows both ways through TURN over TCP, with the credentials that the server gave', async () => {
  const ann = await joinAlone(browser, server.url, 'garden', 'Ann', CAMERA);
  const bob = await joinAlone(browser, server.url, 'garden', 'Bob', CAMERA, (page) => page.addInitScript(relayOnly));
  await untilAlive(bob, ['camera', 'microphone']);
  await untilAlive(ann, ['camera', 'microphone']);
  const types = await bob.evaluate(async () => {
    const stats = await window.parley.peerConnection.getStats();
    const { selectedCandidatePairId } = [...stats.values()].find(({ type }) => type === 'transport');
    const { candidateType, relayProtocol } = stats.get(stats.get(selectedCandidatePairId).localCandidateId);
    return { candidateType, relayProtocol };
  });
  assert.deepEqual(types, { candidateType: 'relay', relayProtocol: 'tcp' });
});
