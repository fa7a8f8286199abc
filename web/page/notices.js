import { byId, make, icon } from './dom.js';

const TOAST_MS = 5_000;
const TOASTS_AT_ONCE = 4;

/**
 * @typedef {{label: string, run: () => void}} Action
 * @typedef {{text: string, kind?: 'busy', action?: Action}} Banner
 */

/**
 * A passing note; screen readers read it too.
 *
 * @param {string | Node} text
 * @param {Action} [action]
 * @returns {() => void} takes it away before its time
 */
export function toast(text, action) {
  const region = byId('toasts');
  const element = make('div', 'toast', make('span', '', text));
  if (action) element.append(actionButton(action, () => element.remove()));
  while (region.childElementCount >= TOASTS_AT_ONCE) region.firstElementChild?.remove();
  region.append(element);
  setTimeout(() => element.remove(), action ? 2 * TOAST_MS : TOAST_MS);
  return () => element.remove();
}

/** For screen readers alone. @param {string} text */
export function announce(text) {
  byId('announcer').textContent = text;
}

/** What stays while it is so, the most important first. */
export class Banners {
  /** @type {Map<string, Banner>} */ #shown = new Map();
  #order;

  /** @param {string[]} order of the keys by importance */
  constructor(order) {
    this.#order = order;
  }

  /** @param {string} key @param {Banner | null} banner null takes it away */
  set(key, banner) {
    if (banner) this.#shown.set(key, banner);
    else if (!this.#shown.delete(key)) return;
    const top = this.#order.map((each) => this.#shown.get(each)).find(Boolean);
    const element = byId('banner');
    element.hidden = !top;
    if (!top) return;
    element.dataset.kind = top.kind ?? '';
    element.replaceChildren(make('span', '', top.text), ...(top.action ? [actionButton(top.action)] : []));
  }
}

/** @param {import('./media_errors.js').Explanation} explanation */
export function problemCard({ title, advice }) {
  return make('div', 'problem', icon('warning'), make('p', '', make('strong', '', title), advice));
}

/** @param {Action} action @param {() => void} [after] */
function actionButton({ label, run }, after) {
  const button = make('button', '', label);
  button.setAttribute('type', 'button');
  button.addEventListener('click', () => {
    run();
    after?.();
  });
  return button;
}
