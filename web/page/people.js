import { byId, clone, find, icon } from './dom.js';
import { paintAvatar } from './person.js';

/**
 * The list of who is here.
 *
 * @typedef {import('./views.js').Member} Member
 */
export class People {
  /** @type {Map<string, HTMLElement>} */ #rows = new Map();
  #list = byId('people-list');
  #count = byId('people-count');

  /** @param {Member} member */
  show(member) {
    let row = this.#rows.get(member.id);
    if (!row) {
      row = clone('person-template');
      row.dataset.participant = member.id;
      this.#rows.set(member.id, row);
      this.#list.append(row);
    }
    row.toggleAttribute('data-host', member.host);
    find(row, '.person-name').textContent = member.self ? `${member.name} (you)` : member.name;
    paintAvatar(find(row, '.avatar'), member.id, member.name);
    const { microphone, camera, screen } = member.flows;
    find(row, '.person-media').replaceChildren(
      ...(screen ? [labelled('screen', 'shares a screen', false)] : []),
      isOn(microphone) ? labelled('mic', 'microphone on', false) : labelled('mic-off', 'microphone muted', true),
      isOn(camera) ? labelled('camera', 'camera on', false) : labelled('camera-off', 'camera off', true),
    );
    this.#paintCount();
  }

  /** @param {string} id */
  remove(id) {
    this.#rows.get(id)?.remove();
    this.#rows.delete(id);
    this.#paintCount();
  }

  /** @param {string[]} participants */
  setSpeaking(participants) {
    for (const [id, row] of this.#rows) row.toggleAttribute('data-speaking', participants.includes(id));
  }

  clear() {
    for (const id of [...this.#rows.keys()]) this.remove(id);
  }

  #paintCount() {
    const count = this.#rows.size;
    this.#count.textContent = String(count);
    byId('people-title').textContent = `People (${count})`;
    byId('open-people').setAttribute('aria-label', count === 1 ? 'People: only you' : `People: ${count} in the meeting`);
  }
}

/** @param {import('./views.js').Flow | undefined} flow */
function isOn(flow) {
  return flow !== undefined && !flow.muted;
}

/** @param {string} name @param {string} label @param {boolean} off */
function labelled(name, label, off) {
  const svg = icon(name);
  svg.removeAttribute('aria-hidden');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', label);
  svg.classList.toggle('off', off);
  return svg;
}
