import { byId, find } from './dom.js';

/**
 * The panels beside the stage, of which one is open at a time. Opening moves the focus in, closing
 * gives it back to the button.
 *
 * @typedef {'chat' | 'people'} Name
 */
export class Panels {
  /** @type {Name | null} */ open = null;
  #onChange;

  /** @param {(open: Name | null) => void} onChange */
  constructor(onChange) {
    this.#onChange = onChange;
    for (const name of /** @type {Name[]} */ (['chat', 'people'])) {
      button(name).addEventListener('click', () => this.toggle(name));
      find(byId(name), '[data-close]').addEventListener('click', () => this.close());
    }
  }

  /** @param {Name} name */
  toggle(name) {
    if (this.open === name) {
      this.close();
      return;
    }
    this.#set(name);
    find(byId(name), name === 'chat' ? 'textarea' : '[data-close]').focus();
  }

  close() {
    if (!this.open) return;
    const closed = this.open;
    this.#set(null);
    button(closed).focus();
  }

  /** @param {Name | null} open */
  #set(open) {
    this.open = open;
    for (const name of /** @type {Name[]} */ (['chat', 'people'])) {
      byId(name).hidden = name !== open;
      button(name).setAttribute('aria-expanded', String(name === open));
    }
    this.#onChange(open);
  }
}

/** @param {Name} name */
function button(name) {
  return byId(`open-${name}`);
}
