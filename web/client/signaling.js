import { ParleyError } from './error.js';
import { systemClock } from './clock.js';

const PROTOCOL = 'parley.v1';
const OPEN_TIMEOUT_MS = 5_000;
const REPLY_TIMEOUT_MS = 10_000;
const PING_EVERY_MS = 5_000;

/** Close codes of our own: the server takes anything but 1000 and 1001 as a connection lost. */
export const CLOSE_LEAVING = 1000;
export const CLOSE_LOST = 4000;

/**
 * @typedef {Record<string, any>} Message
 * @typedef {object} Closed
 * @property {number} code   of the WebSocket; CLOSE_LOST when we gave it up
 * @property {string} reason
 *
 * @typedef {object} Handlers
 * @property {(event: Message) => void} onEvent
 * @property {(closed: Closed) => void} onClose  once, unless close() was called by us
 * @property {import('./clock.js').Clock} [clock]
 */

/**
 * One WebSocket that speaks parley.v1: requests that get their reply, events, and the watch for
 * silence that a dead network leaves behind.
 */
export class Signaling {
  /** @type {WebSocket} */ #socket;
  /** @type {Handlers} */ #handlers;
  #clock;
  #nextId = 1;
  #closed = false;
  /** @type {Map<number, {resolve: (reply: Message) => void, reject: (error: Error) => void, timer: unknown}>} */
  #pending = new Map();
  /** @type {unknown} */ #pingTimer;

  /**
   * Connects, or rejects with `connection_failed`.
   *
   * @param {string} url
   * @param {Handlers} handlers
   * @returns {Promise<Signaling>}
   */
  static open(url, handlers) {
    const clock = handlers.clock ?? systemClock;
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(url, PROTOCOL);
      const fail = () => {
        clock.cancel(timer);
        socket.onopen = socket.onclose = null;
        socket.close();
        reject(new ParleyError('connection_failed', 'The server cannot be reached.'));
      };
      const timer = clock.after(fail, OPEN_TIMEOUT_MS);
      socket.onclose = fail;
      socket.onopen = () => {
        clock.cancel(timer);
        resolve(new Signaling(socket, handlers, clock));
      };
    });
  }

  /**
   * @param {WebSocket} socket
   * @param {Handlers} handlers
   * @param {import('./clock.js').Clock} clock
   */
  constructor(socket, handlers, clock) {
    this.#socket = socket;
    this.#handlers = handlers;
    this.#clock = clock;
    socket.onmessage = ({ data }) => this.#receive(data);
    socket.onclose = ({ code, reason }) => this.#lose({ code, reason });
    this.#schedulePing();
  }

  /**
   * Rejects with the server's error, with `timeout`, or with `connection_lost`.
   *
   * @param {string} type
   * @param {Message} [fields]
   * @returns {Promise<Message>}
   */
  request(type, fields = {}) {
    if (this.#closed) return Promise.reject(connectionLost());
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const timer = this.#clock.after(() => {
        this.#pending.delete(id);
        reject(new ParleyError('timeout', `The server did not answer "${type}".`));
      }, REPLY_TIMEOUT_MS);
      this.#pending.set(id, { resolve, reject, timer });
      this.#socket.send(JSON.stringify({ id, type, ...fields }));
    });
  }

  /**
   * Sends what nobody waits for, such as the `leave` of a page that is being closed.
   *
   * @param {string} type
   */
  tell(type) {
    this.request(type).catch(() => {});
  }

  /**
   * Ends it without calling onClose.
   *
   * @param {number} code
   */
  close(code) {
    if (this.#closed) return;
    this.#end(code);
  }

  /** @param {string} data */
  #receive(data) {
    if (this.#closed) return;
    /** @type {Message} */
    let message;
    try {
      message = JSON.parse(data);
    } catch {
      return;
    }
    const pending = this.#pending.get(message.id);
    if (!pending) {
      if (message.id === undefined) this.#handlers.onEvent(message);
      return;
    }
    this.#pending.delete(message.id);
    this.#clock.cancel(pending.timer);
    if (message.type === 'ok') pending.resolve(message);
    else pending.reject(new ParleyError(message.error?.code ?? 'internal', message.error?.message ?? 'Refused.'));
  }

  #schedulePing() {
    this.#pingTimer = this.#clock.after(() => {
      this.#schedulePing();
      this.request('ping').catch((error) => {
        if (error.code === 'timeout') this.#lose({ code: CLOSE_LOST, reason: 'silence' });
      });
    }, PING_EVERY_MS);
  }

  /** @param {Closed} closed */
  #lose(closed) {
    if (this.#closed) return;
    this.#end(CLOSE_LOST);
    this.#handlers.onClose(closed);
  }

  /** @param {number} code */
  #end(code) {
    this.#closed = true;
    this.#clock.cancel(this.#pingTimer);
    this.#socket.onmessage = this.#socket.onclose = null;
    this.#socket.close(code);
    for (const { reject, timer } of this.#pending.values()) {
      this.#clock.cancel(timer);
      reject(connectionLost());
    }
    this.#pending.clear();
  }
}

function connectionLost() {
  return new ParleyError('connection_lost', 'The connection to the server was lost.');
}
