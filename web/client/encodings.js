/**
 * What a sender may use. Chromium alone would take 2.5 Mbit/s for a camera at 720p, which a room of
 * many cannot receive; a screen needs its sharpness more than its frame rate.
 *
 * @type {Partial<Record<import('../parley.js').Source, {bitrate: number, degradation: RTCDegradationPreference}>>}
 */
const LIMITS = {
  camera: { bitrate: 1_500_000, degradation: 'balanced' },
  screen: { bitrate: 3_000_000, degradation: 'maintain-resolution' },
};

/**
 * The encodings of a sender within its limits: where the server offered simulcast, layers come from
 * small to large, each twice as wide as the one before and with four times its bits.
 *
 * @template {RTCRtpEncodingParameters} E
 * @param {E[]} encodings
 * @param {number} bitrate bits per second of the largest layer
 * @returns {E[]}
 */
export function limitEncodings(encodings, bitrate) {
  return encodings.map((encoding, index) => {
    const halvings = encodings.length - 1 - index;
    const limited = { ...encoding, maxBitrate: Math.round(bitrate / 4 ** halvings) };
    if (encodings.length > 1) limited.scaleResolutionDownBy = 2 ** halvings;
    return limited;
  });
}

/**
 * Best effort: a browser that refuses goes on with its own defaults.
 *
 * @param {RTCRtpSender} sender
 * @param {import('../parley.js').Source} source
 */
export function tuneSender(sender, source) {
  const limits = LIMITS[source];
  if (!limits) return;
  const parameters = sender.getParameters();
  if (!parameters.encodings?.length) return;
  parameters.encodings = limitEncodings(parameters.encodings, limits.bitrate);
  parameters.degradationPreference = limits.degradation;
  sender.setParameters(parameters).catch(() => {});
}
