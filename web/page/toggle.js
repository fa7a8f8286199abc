import { setIcon } from './dom.js';

/**
 * A button that switches something on and off: its picture, its name and its state for assistive
 * technology change together.
 *
 * @param {HTMLElement} button
 * @param {boolean} on
 * @param {object} look
 * @param {[string, string]} look.icons  on, off
 * @param {[string, string]} look.labels what a click does while on, and while off
 * @param {[string, string]} look.classes
 */
export function paintToggle(button, on, { icons, labels, classes }) {
  const index = on ? 0 : 1;
  setIcon(button, icons[index]);
  button.setAttribute('aria-label', labels[index]);
  button.dataset.tip = labels[index];
  button.dataset.on = String(on);
  for (const [i, name] of classes.entries()) if (name) button.classList.toggle(name, i === index);
}

export const MICROPHONE = {
  icons: /** @type {[string, string]} */ (['mic', 'mic-off']),
  labels: /** @type {[string, string]} */ (['Mute microphone', 'Unmute microphone']),
  classes: /** @type {[string, string]} */ (['', 'off']),
};
export const CAMERA = {
  icons: /** @type {[string, string]} */ (['camera', 'camera-off']),
  labels: /** @type {[string, string]} */ (['Turn camera off', 'Turn camera on']),
  classes: /** @type {[string, string]} */ (['', 'off']),
};
export const SHARE = {
  icons: /** @type {[string, string]} */ (['screen-stop', 'screen']),
  labels: /** @type {[string, string]} */ (['Stop sharing', 'Share screen']),
  classes: /** @type {[string, string]} */ (['on', '']),
};
