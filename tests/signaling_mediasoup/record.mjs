// Records what mediasoup-client says of current browsers' media, for ortc_recorded_test.cpp:
//   PARLEY_BINARY=build/debug/server/parley node tests/signaling_mediasoup/record.mjs
import { writeFile } from 'node:fs/promises';
import { addClient, makeRoom } from '../e2e/lib/mediasoup.mjs';
import { launchChromium, launchFirefox } from '../e2e/lib/browsers.mjs';
import { Client } from '../e2e/lib/client.mjs';
import { startServer } from '../e2e/lib/server.mjs';

const SIMULCAST = [{ scaleResolutionDownBy: 4 }, { scaleResolutionDownBy: 2 }, { scaleResolutionDownBy: 1 }];
const server = await startServer();
try {
  for (const launch of [launchChromium, launchFirefox]) {
    const browser = await launch();
    const client = new Client(await browser.newPage(), browser.name);
    await client.page.goto(`${server.url}/healthz`);
    await addClient(client);
    const roomId = await makeRoom(server.url);
    await client.evaluate(([url, room]) => window.enter(url, room, 'Recorder'), [server.url, roomId]);
    const record = (kind, options) => client.evaluate(async ([wanted, given]) => {
      await window.send(wanted, given);
      return window.producers[wanted].rtpParameters;
    }, [kind, options]);
    const recorded = {
      rtpCapabilities: await client.evaluate(() => window.client.device.rtpCapabilities),
      audio: await record('audio', {}),
      video: await record('video', {}),
      simulcast: await record('video', { encodings: SIMULCAST }),
    };
    await writeFile(new URL(`fixtures/${browser.name}.json`, import.meta.url), `${JSON.stringify(recorded, null, 1)}\n`);
    await browser.close();
  }
} finally {
  await server.stop();
}
