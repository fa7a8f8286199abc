import { byId, make } from './dom.js';
import { follows, linkify } from './chat_text.js';
import { toast } from './notices.js';
import { explainError } from './words.js';

/** How far from the end still counts as reading the latest. */
const NEAR_END_PX = 60;
const PREVIEW_LENGTH = 120;

/**
 * Messages, written and read.
 *
 * @typedef {import('../parley.js').ChatMessage} ChatMessage
 */
export class Chat {
  #room;
  #log = byId('chat-log');
  #text = byId('chat-text', HTMLTextAreaElement);
  #unread = 0;
  /** Takes the note of the newest message away. */
  #dismiss = () => {};
  /** @type {ChatMessage | undefined} */ #last;

  /** @param {import('../parley.js').Room} room @param {{isOpen: () => boolean, open: () => void}} panel */
  constructor(room, panel) {
    this.#room = room;
    this.#log.replaceChildren(make('p', 'chat-empty', 'No messages yet. Everyone in the room sees what you write, and who joins later sees the latest.'));
    byId('chat-form').addEventListener('submit', (event) => {
      event.preventDefault();
      this.#send();
    });
    this.#text.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#send();
    });
    let settled = false;
    room.addEventListener('joined', () => queueMicrotask(() => { settled = true; }));
    room.addEventListener('chat', ({ detail: { message } }) => {
      this.#add(message);
      // The history that a join brings is no news.
      if (settled && message.participant !== room.id && !panel.isOpen()) this.#notify(message, panel.open);
    });
  }

  /** The panel was opened: everything counts as read. */
  read() {
    this.#setUnread(0);
    this.#dismiss();
    this.#log.scrollTop = this.#log.scrollHeight;
  }

  async #send() {
    const text = this.#text.value.trim();
    if (!text) return;
    const error = byId('chat-error');
    error.textContent = '';
    try {
      await this.#room.chat(text);
      this.#text.value = '';
    } catch (failure) {
      error.textContent = explainError(failure);
    }
  }

  /** @param {ChatMessage} message */
  #add(message) {
    const atEnd = this.#log.scrollHeight - this.#log.scrollTop - this.#log.clientHeight < NEAR_END_PX;
    if (!this.#last) this.#log.replaceChildren();
    const own = message.participant === this.#room.id;
    const element = make('div', `message${own ? ' own' : ''}`);
    element.dataset.testid = 'message';
    if (follows(this.#last, message)) element.classList.add('follows');
    else element.append(header(message, own));
    element.append(make('p', '', ...linkify(message.text).map(part)));
    this.#log.append(element);
    this.#last = message;
    if (atEnd || own) this.#log.scrollTop = this.#log.scrollHeight;
  }

  /** @param {ChatMessage} message @param {() => void} open */
  #notify({ name, text }, open) {
    this.#setUnread(this.#unread + 1);
    const line = document.createDocumentFragment();
    line.append(make('strong', '', name), ` ${[...text].slice(0, PREVIEW_LENGTH).join('')}`);
    this.#dismiss();
    this.#dismiss = toast(line, { label: 'Open chat', run: open });
  }

  /** @param {number} count */
  #setUnread(count) {
    this.#unread = count;
    const badge = byId('unread');
    badge.hidden = count === 0;
    badge.textContent = count > 99 ? '99+' : String(count);
    byId('open-chat').setAttribute('aria-label', count === 0 ? 'Chat' : `Chat: ${count} unread`);
  }
}

/** @param {ChatMessage} message @param {boolean} own */
function header({ name, at }, own) {
  const time = make('time', '', new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' }));
  time.setAttribute('datetime', at);
  return make('header', '', make('strong', '', own ? 'You' : name), time);
}

/** @param {{text: string, href?: string}} piece */
function part({ text, href }) {
  if (!href) return text;
  const link = /** @type {HTMLAnchorElement} */ (make('a', '', text));
  Object.assign(link, { href, target: '_blank', rel: 'noopener noreferrer nofollow' });
  return link;
}
