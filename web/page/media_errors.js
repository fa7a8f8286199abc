/**
 * What a failed getUserMedia or getDisplayMedia means, in words: what happened, and what to do. Pure.
 *
 * @typedef {'microphone' | 'camera' | 'screen'} Device
 * @typedef {{title: string, advice: string}} Explanation
 */

const capitalised = (/** @type {string} */ word) => word[0].toUpperCase() + word.slice(1);

/** @type {Record<string, (device: Device) => Explanation>} */
const EXPLANATIONS = {
  NotAllowedError: (device) => ({
    title: `${capitalised(device)} access is blocked`,
    advice: device === 'screen'
      ? 'Sharing was not allowed. Choose what to share and confirm, or allow screen recording for your browser in the system settings.'
      : `Allow the ${device} for this page: click the icon beside the address, or look in your browser's and system's privacy settings.`,
  }),
  NotFoundError: (device) => ({
    title: `No ${device} was found`,
    advice: `Connect a ${device}, then switch it on here. Without it you still see and hear the others.`,
  }),
  NotReadableError: (device) => ({
    title: `The ${device} could not be started`,
    advice: `Another program may be using it. Close what else uses the ${device}, then switch it on again.`,
  }),
  OverconstrainedError: (device) => ({
    title: `The chosen ${device} is not there`,
    advice: `Choose another ${device} in the device list.`,
  }),
  SecurityError: (device) => ({
    title: `This page may not use the ${device}`,
    advice: 'The browser or your organisation forbids it here. Ask whoever manages this device, or use another browser.',
  }),
  InsecureError: (device) => ({
    title: `This page may not use the ${device}`,
    advice: 'Browsers allow cameras and microphones on HTTPS pages only. Open this page by its https:// address.',
  }),
  UnsupportedError: (device) => ({
    title: device === 'screen' ? 'This browser cannot share a screen' : `This browser has no access to a ${device}`,
    advice: 'Use a current Chrome, Edge, Firefox or Safari on a computer.',
  }),
  EndedError: (device) => ({
    title: `The ${device} stopped`,
    advice: `It was unplugged or taken away by the system. Connect it again or choose another ${device}.`,
  }),
};
EXPLANATIONS.PermissionDeniedError = EXPLANATIONS.NotAllowedError;
EXPLANATIONS.DevicesNotFoundError = EXPLANATIONS.NotFoundError;
EXPLANATIONS.TrackStartError = EXPLANATIONS.NotReadableError;
EXPLANATIONS.AbortError = EXPLANATIONS.NotReadableError;
EXPLANATIONS.ConstraintNotSatisfiedError = EXPLANATIONS.OverconstrainedError;
EXPLANATIONS.NotSupportedError = EXPLANATIONS.UnsupportedError;
EXPLANATIONS.TypeError = EXPLANATIONS.UnsupportedError;

/**
 * @param {string} errorName the `name` of the DOMException
 * @param {Device} device
 * @returns {Explanation}
 */
export function explainMediaError(errorName, device) {
  const explain = EXPLANATIONS[errorName];
  if (explain) return explain(device);
  return {
    title: `The ${device} could not be started`,
    advice: `The browser says: ${errorName}. Switch it on again, or choose another ${device}.`,
  };
}
