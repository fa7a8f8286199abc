import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/**
 * A TCP proxy in front of the server, whose connections a test can cut: the page's WebSocket breaks
 * as it does when a network goes away, while media, on UDP, goes past it.
 *
 * @param {string} target URL of the server
 */
export async function startProxy(target) {
  const { hostname, port } = new URL(target);
  const sockets = new Set();
  let refusing = false;
  const proxy = createServer((client) => {
    if (refusing) return client.destroy();
    const server = connect(Number(port), hostname);
    for (const [from, to] of [[client, server], [server, client]]) {
      sockets.add(from);
      from.on('error', () => {});
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
    return undefined;
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const cut = () => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    url: `http://127.0.0.1:${proxy.address().port}`,
    /** Breaks every connection; new ones are let through. */
    cut,
    /** Breaks every connection and refuses new ones until restore(). */
    block: () => {
      refusing = true;
      cut();
    },
    restore: () => {
      refusing = false;
    },
    stop: () => {
      cut();
      proxy.close();
    },
  };
}
