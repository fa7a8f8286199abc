/**
 * What a picture of so many pixels needs at up to 30 frames a second, in VP8 and H264. Chromium alone
 * would take 2.5 Mbit/s for a camera at 720p, which a room of many cannot receive.
 *
 * @type {[pixels: number, bitsPerSecond: number][]}
 */
const CAMERA_RATES = [
  [160 * 90, 60_000], [320 * 180, 150_000], [480 * 270, 280_000], [640 * 360, 500_000],
  [960 * 540, 1_000_000], [1280 * 720, 1_700_000], [1920 * 1080, 3_000_000],
];
/** Text changes seldom but has to come through sharp. */
const SCREEN_RATES = /** @type {typeof CAMERA_RATES} */ ([[640 * 360, 500_000], [1280 * 720, 1_800_000], [1920 * 1080, 3_000_000]]);

/** A layer below this height (of a picture lying on its side: width) shows nobody's face. */
const SMALLEST_LAYER = 130;
/** Two layers for a screen: small text is lost at a quarter of its size. */
const SCREEN_LAYERS = 2;

/** Three temporal layers, so that the server can lower a subscriber's frame rate between keyframes. */
const SCALABILITY = 'L1T3';

/**
 * @typedef {object} Sent
 * @property {import('../parley.js').Source} source
 * @property {boolean} simulcast
 * @property {number} [width]   of what is captured; unknown until there is a picture
 * @property {number} [height]
 */

/**
 * @param {typeof CAMERA_RATES} rates
 * @param {number} pixels
 */
function rateOf(rates, pixels) {
  const above = rates.findIndex(([size]) => pixels <= size);
  if (above === -1) return rates[rates.length - 1][1];
  const [size, rate] = rates[above];
  if (above === 0) return Math.max(30_000, Math.round((rate * pixels) / size));
  const [lowerSize, lowerRate] = rates[above - 1];
  return Math.round(lowerRate + ((rate - lowerRate) * (pixels - lowerSize)) / (size - lowerSize));
}

/** How many layers are worth their while. @param {Sent} sent @param {number} most */
function layerCount({ source, simulcast, width = 960, height = 540 }, most) {
  if (!simulcast) return 1;
  const limit = source === 'screen' ? Math.min(most, SCREEN_LAYERS) : most;
  let count = 1;
  while (count < limit && Math.min(width, height) / 2 ** count >= SMALLEST_LAYER) ++count;
  return count;
}

/**
 * The encodings of a sender: from small to large, each twice as wide as the one before. Where the
 * captured picture is too small for all of them it is the small ones that are switched off, so that
 * the last is always the picture itself. Pure.
 *
 * @template {RTCRtpEncodingParameters} E
 * @param {E[]} encodings as the sender has them now
 * @param {Sent} sent
 * @returns {E[]}
 */
export function planEncodings(encodings, sent) {
  const { source, width = 960, height = 540 } = sent;
  const rates = source === 'screen' ? SCREEN_RATES : CAMERA_RATES;
  const off = encodings.length - layerCount(sent, encodings.length);
  return encodings.map((encoding, index) => {
    const scale = 2 ** (encodings.length - 1 - index);
    const planned = { ...encoding, active: index >= off, maxBitrate: rateOf(rates, (width * height) / scale ** 2) };
    if (encodings.length > 1) planned.scaleResolutionDownBy = scale;
    return { ...planned, scalabilityMode: SCALABILITY };
  });
}

/**
 * Best effort: a browser that refuses the temporal layers goes without them, one that refuses the rest
 * goes on with its own defaults.
 *
 * @param {RTCRtpSender} sender
 * @param {Sent} sent
 */
export async function tuneSender(sender, sent) {
  if (sent.source !== 'camera' && sent.source !== 'screen') return;
  for (const temporal of [true, false]) {
    const parameters = sender.getParameters();
    if (!parameters.encodings?.length) return;
    parameters.encodings = planEncodings(parameters.encodings, sent);
    if (!temporal) for (const encoding of /** @type {any[]} */ (parameters.encodings)) delete encoding.scalabilityMode;
    parameters.degradationPreference = sent.source === 'screen' ? 'maintain-resolution' : 'balanced';
    try {
      await sender.setParameters(parameters);
      return;
    } catch { /* once more without, then not at all */ }
  }
}
