import { byId } from './dom.js';
import { explainMediaError } from './media_errors.js';
import { toast } from './notices.js';
import { Sharing } from './sharing.js';
import { CAMERA, MICROPHONE, SHARE, paintToggle } from './toggle.js';
import { explainError } from './words.js';

/**
 * The bar of buttons and their keys.
 *
 * @typedef {object} Parts
 * @property {import('./local_media.js').LocalMedia} local
 * @property {Sharing} sharing
 * @property {import('./panels.js').Panels} panels
 * @property {string} invitation
 * @property {() => void} leave
 * @property {AbortSignal} ended
 */
export class Controls {
  #parts;

  /** @param {Parts} parts */
  constructor(parts) {
    this.#parts = parts;
    const { local, panels, leave, ended } = parts;
    const options = { signal: ended };
    const on = (/** @type {string} */ id, /** @type {() => void} */ run) => byId(id).addEventListener('click', run, options);
    on('microphone', () => local.toggle('microphone'));
    on('camera', () => local.toggle('camera'));
    on('share', () => this.#share());
    on('leave', leave);
    on('copy-link', () => this.#copyLink());
    on('alone-copy', () => this.#copyLink());
    on('open-settings', () => byId('settings', HTMLDialogElement).showModal());
    byId('share').hidden = !Sharing.supported;
    document.addEventListener('keydown', (event) => this.#key(event, panels), options);
    local.addEventListener('change', () => this.paint(), options);
    this.paint();
  }

  paint() {
    const { local, sharing } = this.#parts;
    paintToggle(byId('microphone'), local.isOn('microphone'), MICROPHONE);
    paintToggle(byId('camera'), local.isOn('camera'), CAMERA);
    paintToggle(byId('share'), sharing.active, SHARE);
  }

  async #share() {
    try {
      await this.#parts.sharing.toggle();
    } catch (error) {
      const { name } = /** @type {Error} */ (error);
      if (name === 'ParleyError') toast(explainError(error));
      // Closing the browser's chooser is a NotAllowedError as well, so it is only hinted at.
      else {
        const { title, advice } = explainMediaError(name, 'screen');
        toast(name === 'NotAllowedError' ? advice : `${title}. ${advice}`);
      }
    }
    this.paint();
  }

  async #copyLink() {
    const { invitation } = this.#parts;
    try {
      await navigator.clipboard.writeText(invitation);
      toast('Link copied. Send it to whom you want to meet.');
    } catch {
      toast(`The link to this room: ${invitation}`);
    }
  }

  /** @param {KeyboardEvent} event @param {import('./panels.js').Panels} panels */
  #key(event, panels) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (event.key === 'Escape') {
      if (!document.querySelector('dialog[open], [popover]:popover-open')) panels.close();
      return;
    }
    const target = /** @type {Element} */ (event.target);
    if (target.closest('input, textarea, select, dialog')) return;
    const run = {
      m: () => this.#parts.local.toggle('microphone'),
      v: () => this.#parts.local.toggle('camera'),
      s: () => this.#share(),
      c: () => panels.toggle('chat'),
      p: () => panels.toggle('people'),
    }[event.key.toLowerCase()];
    if (!run) return;
    event.preventDefault();
    run();
  }
}
