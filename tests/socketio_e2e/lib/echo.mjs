import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

const { PARLEY_BINARY } = process.env;
if (!PARLEY_BINARY) throw new Error('PARLEY_BINARY is not set; set it to the path of the parley server, or run scripts/test');
const ECHO = join(dirname(PARLEY_BINARY), '../examples/socketio_echo/socketio_echo');

/**
 * Starts examples/socketio_echo.
 *
 * @param {Record<string, string | number | boolean>} [options] by their names without dashes: {'ping-interval': 300}
 */
export async function startEcho(options = {}) {
  const words = Object.entries({ port: 0, ...options }).flatMap(([name, value]) => (value === true ? [`--${name}`] : [`--${name}`, `${value}`]));
  const child = spawn(ECHO, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const line = await Promise.race([once(createInterface({ input: child.stdout }), 'line'), ended.then(() => null)]);
  if (!line) throw new Error(`${ECHO} ended at once`);
  const url = new URL(line[0]);
  return {
    /** The endpoint: http://127.0.0.1:1234/socket.io/ */
    url: url.href,
    origin: url.origin,
    path: url.pathname,
    port: Number(url.port),
    pid: child.pid,
    stop: async () => {
      child.kill('SIGTERM');
      const [code, signal] = await ended;
      if (code !== 0) throw new Error(`socketio_echo ended with ${code ?? signal}`);
    },
  };
}
