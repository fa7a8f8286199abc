import assert from 'node:assert/strict';
import { WebSocket } from 'ws';

const TIMEOUT_MS = 10_000;

/** Fails instead of waiting for ever. */
export function within(promise, what, timeout = TIMEOUT_MS) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${timeout} ms in vain for ${what}`)), timeout);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** The next `event` of an emitter of any of the client libraries: its arguments. */
export function next(emitter, event, timeout = TIMEOUT_MS) {
  return within(new Promise((resolve) => emitter.once(event, (...args) => resolve(args))), event, timeout);
}

/** Engine.IO without a library: requests as a test words them. */
export class RawEngine {
  /** @param {string} url of the endpoint @param {string | number} [version] */
  constructor(url, version = 4) {
    this.url = url;
    this.version = version;
    this.sid = null;
  }

  address(parameters = {}) {
    const url = new URL(this.url);
    const all = { EIO: this.version, transport: 'polling', ...(this.sid && { sid: this.sid }), ...parameters };
    for (const [name, value] of Object.entries(all)) if (value !== null) url.searchParams.set(name, value);
    return url;
  }

  /** Opens a session by polling; returns what the handshake says. */
  async open() {
    const response = await fetch(this.address());
    assert.equal(response.status, 200);
    const text = await response.text();
    const start = text.indexOf('{');
    const handshake = JSON.parse(text.slice(start, text.indexOf('}') + 1));
    this.sid = handshake.sid;
    return { handshake, text };
  }

  poll(options = {}) {
    return fetch(this.address(), options);
  }

  async pollText() {
    const response = await this.poll();
    assert.equal(response.status, 200);
    return response.text();
  }

  post(body, headers = {}) {
    return fetch(this.address(), { method: 'POST', body, headers: { 'Content-Type': 'text/plain;charset=UTF-8', ...headers } });
  }

  /** A WebSocket: of this session, or where there is none a new one. */
  async socket(parameters = {}) {
    const url = this.address({ transport: 'websocket', ...parameters });
    url.protocol = 'ws:';
    return RawSocket.open(url);
  }
}

/** A WebSocket whose messages wait until they are taken. */
export class RawSocket {
  static async open(url, options = {}) {
    const self = new RawSocket(new WebSocket(url, options));
    await within(self.opened, 'the WebSocket');
    return self;
  }

  constructor(socket) {
    this.socket = socket;
    this.messages = [];
    this.wake = () => {};
    socket.on('message', (data, binary) => {
      this.messages.push(binary ? data : data.toString());
      this.wake();
    });
    this.closed = new Promise((resolve) => socket.once('close', (code) => resolve(code)));
    this.opened = new Promise((resolve, reject) => {
      socket.once('open', resolve);
      socket.on('error', reject);
    });
    this.closed.then(() => this.wake());
  }

  send(data) {
    this.socket.send(data);
  }

  /** The next message: a string, or a Buffer. */
  async next() {
    const deadline = Date.now() + TIMEOUT_MS;
    while (this.messages.length === 0) {
      if (this.socket.readyState === WebSocket.CLOSED) throw new Error('closed instead of a message');
      if (Date.now() > deadline) throw new Error('no message came');
      await within(new Promise((resolve) => { this.wake = resolve; }), 'a message');
    }
    return this.messages.shift();
  }

  /** The next that is no heartbeat. */
  async nextButPing() {
    for (;;) {
      const message = await this.next();
      if (message !== '2') return message;
    }
  }

  untilClosed() {
    return within(this.closed, 'the close');
  }

  close() {
    this.socket.close();
  }
}

/** @param {Response} response */
export async function expectError(response, code, status = 400) {
  assert.equal(response.status, status);
  assert.match(response.headers.get('content-type'), /^application\/json/);
  const body = await response.json();
  assert.equal(body.code, code);
  assert.equal(typeof body.message, 'string');
  return body;
}
