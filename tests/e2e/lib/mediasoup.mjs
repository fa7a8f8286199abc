import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const FOLDER = fileURLToPath(new URL('..', import.meta.url));
const DOCS = fileURLToPath(new URL('../../../docs/mediasoup.md', import.meta.url));

/** docs/mediasoup.md's client with the libraries it imports, as one script that makes `window.example`. */
async function bundle(library) {
  const [, example] = /```js\n(.*?)```/s.exec(await readFile(DOCS, 'utf8'));
  const contents = `${example.replace("'mediasoup-client'", `'${library}'`)}\nexport { Device, io };`;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: FOLDER }, bundle: true, write: false, format: 'iife', globalName: 'example', platform: 'browser',
    define: { 'process.env.NODE_ENV': '"production"' }, logLevel: 'error',
  });
  return outputFiles[0].text;
}

/** @type {Map<string, Promise<string>>} */
const bundles = new Map();

/** Runs in the page: what the tests do with the example's client. */
function equip() {
  window.consumers = [];
  window.events = [];
  /** Sound is decoded only where it is played. */
  window.play = (consumer) => {
    window.consumers.push(consumer);
    document.body.append(Object.assign(document.createElement(consumer.kind), { srcObject: new MediaStream([consumer.track]), autoplay: true }));
  };
  window.enter = async (url, roomId, name) => {
    window.client = await window.example.join(url, roomId, name, window.play);
    const { socket } = window.client;
    socket.onAny((event, value) => window.events.push([event, value]));
    socket.on('producerClosed', ({ producerId, socketId }) => {
      if (socketId) return;
      for (const consumer of window.consumers.filter((one) => one.producerId === producerId)) consumer.close();
      window.consumers = window.consumers.filter((one) => one.producerId !== producerId);
    });
    return window.client.joined;
  };
  window.send = async (kind, options = {}) => {
    const stream = await navigator.mediaDevices.getUserMedia({ [kind]: kind === 'video' ? { width: 960, height: 540, ...options.size } : true });
    const producer = await window.client.sending.produce({ track: stream.getTracks()[0], ...options, size: undefined });
    (window.producers ??= {})[kind] = producer;
    return producer.id;
  };
  window.ack = (event, data) => window.client.socket.emitWithAck(event, data);
  window.flows = () => Promise.all(window.consumers.map(async (consumer) => {
    const { id, producerId, kind } = consumer;
    const stats = [...(await consumer.getStats()).values()].find(({ type }) => type === 'inbound-rtp') ?? {};
    return { id, producerId, kind, frames: stats.framesDecoded ?? 0, energy: stats.totalAudioEnergy ?? 0, width: stats.frameWidth ?? 0 };
  }));
}

/**
 * Makes a page one of the example's clients, which has not joined yet.
 *
 * @param {import('./client.mjs').Client} client
 * @param {string} [library] the npm package to take for mediasoup-client
 */
export async function addClient(client, library = 'mediasoup-client') {
  if (!bundles.has(library)) bundles.set(library, bundle(library));
  await client.page.addScriptTag({ content: await bundles.get(library) });
  await client.evaluate(equip);
}

/** A room made as these clients make it. */
export async function makeRoom(url) {
  const response = await fetch(`${url}/api/rooms`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ hostName: 'Ann' }) });
  const { roomId } = await response.json();
  return roomId;
}
