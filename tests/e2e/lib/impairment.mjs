import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/**
 * A bad network between browsers and a UDP port of 127.0.0.1. `up` is the way to that port, `down` the
 * way back; both are good until set() says otherwise.
 *
 * @typedef {import('./link.mjs').Impairment} Impairment
 * @typedef {{taken: number, lost: number, overflowed: number}} Counts
 *
 * @param {number} port
 * @param {{up?: Impairment, down?: Impairment, seed?: number}} [options]
 */
export async function startRelay(port, { seed = 1, ...impairments } = {}) {
  const worker = new Worker(new URL('./relay_worker.mjs', import.meta.url), { workerData: { port, seed } });
  const [ready] = await once(worker, 'message');
  let last = Promise.resolve();
  /** @returns {Promise<{up: Counts, down: Counts}>} once the relay has done it */
  const ask = (/** @type {{up?: Impairment, down?: Impairment}} */ both) => {
    last = last.then(async () => {
      worker.postMessage(both);
      return (await once(worker, 'message'))[0];
    });
    return last;
  };
  await ask(impairments);
  return {
    /** Where browsers send to instead. @type {number} */
    port: ready.port,
    /** Changes the directions that are named. */
    set: ask,
    counts: () => ask({}),
    stop: () => worker.terminate(),
  };
}

/**
 * Makes a page's media go through the relay: of the candidates the server offers only the relay is left.
 *
 * @param {any} page of playwright, before it is navigated
 * @param {number} port
 */
export async function sendThrough(page, port) {
  await page.addInitScript((relay) => {
    const { setRemoteDescription } = RTCPeerConnection.prototype;
    RTCPeerConnection.prototype.setRemoteDescription = function redirected({ type, sdp }) {
      let first = true;
      const lines = sdp.split('\r\n').flatMap((line) => {
        if (line.startsWith('m=')) first = true;
        if (!line.startsWith('a=candidate:')) return [line];
        const [foundation, component, protocol, priority, , , ...rest] = line.split(' ');
        const kept = first ? [[foundation, component, protocol, priority, '127.0.0.1', relay, ...rest].join(' ')] : [];
        first = false;
        return kept;
      });
      return setRemoteDescription.call(this, { type, sdp: lines.join('\r\n') });
    };
  }, port);
}
