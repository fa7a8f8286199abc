import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { accepts, freeTcpPort } from '../../e2e/lib/server.mjs';

const START_TIMEOUT_MS = 10_000;

/** Debian's Janus with the video room, WebSockets and two event loops, configured in a folder of its own. */
export async function startJanus() {
  const folder = await mkdtemp(join(tmpdir(), 'janus-bench-'));
  const port = await freeTcpPort();
  await configure(folder, port);
  const child = spawn('janus', ['-F', folder, '-C', join(folder, 'janus.jcfg')], { stdio: ['ignore', 'pipe', 'pipe'] });
  const log = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => log.push(String(data)));
  let failure;
  child.once('error', (error) => { failure = error; });
  for (const deadline = Date.now() + START_TIMEOUT_MS; !(await accepts(port)); await sleep(50)) {
    if (!failure && child.exitCode === null && Date.now() < deadline) continue;
    child.kill('SIGKILL');
    throw new Error(`Janus does not start: ${failure?.message ?? log.join('').slice(-2000)}`);
  }
  return {
    url: `ws://127.0.0.1:${port}`,
    pid: child.pid,
    stop: async () => {
      child.kill('SIGTERM');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      await rm(folder, { recursive: true });
    },
  };
}

async function configure(folder, port) {
  const installed = await installation();
  const only = { plugins: 'libjanus_videoroom.so', transports: 'libjanus_websockets.so', events: null, loggers: null };
  for (const [kind, file] of Object.entries(only)) {
    await mkdir(join(folder, kind));
    if (file) await symlink(join(installed, kind, file), join(folder, kind, file));
  }
  await writeFile(join(folder, 'janus.jcfg'), `
general: {
  configs_folder = "${folder}"
  plugins_folder = "${folder}/plugins"
  transports_folder = "${folder}/transports"
  events_folder = "${folder}/events"
  loggers_folder = "${folder}/loggers"
  debug_level = 2
  event_loops = 2
}
media: { ipv6 = false }
nat: { ice_enforce_list = "127.0.0.1" }
`);
  await writeFile(join(folder, 'janus.transport.websockets.jcfg'), `
general: { ws = true, ws_port = ${port}, ws_ip = "127.0.0.1", wss = false }
`);
  await writeFile(join(folder, 'janus.plugin.videoroom.jcfg'), 'general: {}\n');
}

async function installation() {
  const folder = await findJanus();
  if (!folder) throw new Error('Janus is not installed: apt-get install janus');
  return folder;
}

/** Where Debian's package has put it, by architecture; nothing where it is not installed. */
export async function findJanus() {
  for (const architecture of await readdir('/usr/lib')) {
    const folder = join('/usr/lib', architecture, 'janus');
    if ((await readdir(folder).catch(() => [])).includes('plugins')) return folder;
  }
  return undefined;
}
