// A development double of the server: serves web/ as the real one does and speaks parley.v1, but
// moves no media. Room names script who is there: "demo-9" has eight others, "demo-5-screen" one of
// them shares a screen. Together with fake_rtc.js the page can be looked at without a server.
//
//   node double/server.mjs [port]
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WebSocketServer } from 'ws';
import { Script } from './script.mjs';

const WEB = fileURLToPath(new URL('../../../web/', import.meta.url));
const HERE = fileURLToPath(new URL('./', import.meta.url));
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };
/** As strict as the server's, so that what it forbids shows here first. */
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
  + "media-src 'self' blob: mediastream:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** @param {number} [port] */
export async function startDouble(port = 0) {
  const http = createServer(async ({ url = '/' }, response) => {
    const path = normalize(decodeURIComponent(new URL(url, 'http://double').pathname));
    const file = path.startsWith('/assets/') ? join(WEB, path.slice(8))
      : path.startsWith('/double/') ? join(HERE, path.slice(8)) : join(WEB, 'index.html');
    try {
      const body = await readFile(file);
      response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream', 'content-security-policy': POLICY });
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  const sockets = new WebSocketServer({ server: http, path: '/ws', handleProtocols: () => 'parley.v1' });
  sockets.on('connection', (socket) => new Script(socket));
  await new Promise((resolve) => http.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${http.address().port}`,
    sockets,
    close: () => {
      for (const client of sockets.clients) client.terminate();
      http.close();
    },
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { url } = await startDouble(Number(process.argv[2] ?? 8080));
  console.log(`${url}/demo-5`);
}
