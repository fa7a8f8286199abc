import { Client } from './client.mjs';
import { sendThrough } from './impairment.mjs';

/**
 * @typedef {object} ParticipantOptions
 * @property {MediaTrackConstraints} [camera]  what to publish; nothing unless given
 * @property {MediaTrackConstraints | boolean} [microphone]
 * @property {'all' | 'none'} [subscribe]  'all' unless given
 * @property {string} [prefers]  codec of video that is sent, like 'VP9'
 * @property {string} [lacks]  codec of video that cannot be decoded
 * @property {string[]} [answers]  codecs of video that its answers name for what it sends, in this order
 * @property {string} [svc]  sends one stream with these layers in it, like 'L3T3', in place of simulcast
 * @property {{port: number}} [relay]  media goes through it
 */

/**
 * Joins with the client module alone: no meeting page that draws, measures and adapts. `window.parley` is
 * its Room, and each track plays in an element.
 *
 * @param {import('./browsers.mjs').TestBrowser} browser
 * @param {string} url of the server
 * @param {string} room
 * @param {string} name
 * @param {ParticipantOptions} [options]
 * @param {(page: any) => Promise<void>} [prepare]  the page, before it is navigated
 */
export async function joinAlone(browser, url, room, name, { camera, microphone, subscribe = 'all', prefers, lacks, answers, svc, relay } = {}, prepare = async () => {}) {
  const client = await openBlank(browser, url, name, (page) => (relay ? sendThrough(page, relay.port) : prepare(page)));
  if (prefers || lacks) await client.evaluate(chooseCodecs, { prefers, lacks });
  if (answers) await client.evaluate(answerWith, answers);
  if (svc) await client.evaluate(sendScalable, svc);
  await client.evaluate(join, { room, name, camera, microphone, subscribe });
  return client;
}

/** A page of the server's origin with nothing on it, not even an icon. */
export async function openBlank(browser, url, name, prepare = (_page) => {}) {
  const page = await browser.newPage();
  const client = new Client(page, name);
  await prepare(page);
  await page.route?.('**/favicon.ico', (route) => route.fulfill({ status: 204 }));  // puppeteer's pages have none
  await page.goto(`${url}/healthz`);
  return client;
}

/** Runs in the page. */
async function join({ room, name, camera, microphone, subscribe }) {
  const { Room } = await import('/assets/parley.js');
  window.parley = new Room();
  window.parley.addEventListener('track-media', ({ detail: { track, mediaTrack } }) => {
    document.getElementById(track.id)?.remove();
    if (!mediaTrack) return;
    const element = Object.assign(document.createElement(track.kind), { id: track.id, autoplay: true });
    element.srcObject = new MediaStream([mediaTrack]);
    document.body.append(element);
  });
  if (camera || microphone) {
    const stream = await navigator.mediaDevices.getUserMedia({ video: camera ?? false, audio: microphone ?? false });
    for (const track of stream.getTracks()) await window.parley.publish(track);
  }
  await window.parley.join({ room, name, subscribe, data: false });
}

/** Runs in the page: as an application does that wants to send certain codecs. @param {string[]} names */
function answerWith(names) {
  const { createAnswer } = RTCPeerConnection.prototype;
  RTCPeerConnection.prototype.createAnswer = function choosing(...options) {
    const { codecs } = RTCRtpReceiver.getCapabilities('video');
    const chosen = names.flatMap((name) => codecs.filter(({ mimeType }) => mimeType === `video/${name}`));
    const rest = codecs.filter(({ mimeType }) => /\/(rtx|red|ulpfec|flexfec.*)$/.test(mimeType));
    for (const transceiver of this.getTransceivers())
      if (transceiver.sender.track?.kind === 'video' && transceiver.direction === 'sendonly') transceiver.setCodecPreferences([...chosen, ...rest]);
    return createAnswer.apply(this, options);
  };
}

/** Runs in the page: as a client that has no simulcast but layers in its stream. @param {string} scalabilityMode */
function sendScalable(scalabilityMode) {
  const { setRemoteDescription } = RTCPeerConnection.prototype;
  RTCPeerConnection.prototype.setRemoteDescription = function plain({ type, sdp }) {
    return setRemoteDescription.call(this, { type, sdp: sdp.replace(/^a=(?:rid|simulcast):.*\r\n/gm, '') });
  };
  const { setParameters } = RTCRtpSender.prototype;
  RTCRtpSender.prototype.setParameters = function scalable(parameters) {
    const encodings = parameters.encodings.map((encoding) => (this.track?.kind === 'video' ? { ...encoding, scalabilityMode } : encoding));
    return setParameters.call(this, { ...parameters, encodings });
  };
}

/**
 * Runs in the page: changes the server's offers to what a client of other abilities would make of them.
 * (Chromium's setCodecPreferences would not do: an answering Chromium sends what the offer names first.)
 */
function chooseCodecs({ prefers, lacks }) {
  const { setRemoteDescription } = RTCPeerConnection.prototype;
  RTCPeerConnection.prototype.setRemoteDescription = function chosen({ type, sdp }) {
    const sections = sdp.split(/(?=^m=)/m).map((section) => {
      if (!section.startsWith('m=video')) return section;
      const formats = (codec) => {
        const media = [...section.matchAll(/^a=rtpmap:(\d+) ([^/]+)/gm)].filter(([, , name]) => name === codec).map(([, number]) => number);
        const repairs = [...section.matchAll(/^a=fmtp:(\d+) apt=(\d+)/gm)].filter(([, , repaired]) => media.includes(repaired)).map(([, number]) => number);
        return [...media, ...repairs];
      };
      const receives = /^a=recvonly/m.test(section);
      const preferred = receives ? formats(prefers) : [];
      const missing = receives ? [] : formats(lacks);
      return section
        .replace(/^(m=video \d+ \S+ )(.*)$/m, (_, start, numbers) => {
          const others = numbers.trim().split(' ').filter((number) => !preferred.includes(number) && !missing.includes(number));
          return `${start}${[...preferred, ...others].join(' ')}`;
        })
        .replace(/^a=(?:rtpmap|fmtp|rtcp-fb):(\d+) .*\r\n/gm, (line, number) => (missing.includes(number) ? '' : line));
    });
    return setRemoteDescription.call(this, { type, sdp: sections.join('') });
  };
}
