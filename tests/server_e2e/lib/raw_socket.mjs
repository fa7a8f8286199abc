import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';

const OPCODES = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 };
const TIMEOUT_MS = 10_000;

/**
 * A WebSocket at the level of frames, for what browsers do not let one send. It answers pings unless
 * told not to.
 */
export class RawSocket {
  /** Text messages that nobody has taken yet, in order. @type {string[]} */
  messages = [];
  /** The server's close: its code and reason; code 0 when TCP ended without one. @type {{code: number, reason: string} | null} */
  closed = null;
  answersPings = true;
  #buffer = Buffer.alloc(0);
  #parts = [];
  #wake = () => {};

  /** @param {string} url of the server, http://… @param {{headers?: string[], protocol?: string}} [options] */
  static async open(url, { headers = [], protocol = 'parley.v1' } = {}) {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => {});
    socket.write([
      'GET /ws HTTP/1.1', `Host: ${hostname}:${port}`, 'Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`, `Sec-WebSocket-Protocol: ${protocol}`, ...headers, '', '',
    ].join('\r\n'));
    const self = new RawSocket(socket);
    await self.#until(() => self.upgraded || self.closed, 'the upgrade');
    if (!self.upgraded) throw new Error(`no upgrade: ${self.#buffer}`);
    return self;
  }

  constructor(socket) {
    this.socket = socket;
    this.upgraded = false;
    socket.on('data', (data) => this.#read(data));
    socket.on('close', () => {
      this.closed ??= { code: 0, reason: '' };
      this.#wake();
    });
  }

  /** @param {keyof OPCODES} kind @param {Buffer | string} payload */
  send(kind, payload, { fin = true } = {}) {
    return new Promise((resolve) => {
      this.socket.write(frame(OPCODES[kind], Buffer.from(payload), fin), () => resolve());
    });
  }

  /** @param {unknown} message sent as JSON; a string as it is */
  text(message) {
    return this.send('text', typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** The next text message, parsed; fails where the server closes instead. */
  async next() {
    await this.#until(() => this.messages.length > 0 || this.closed, 'a message');
    if (this.messages.length === 0) throw new Error(`closed with ${JSON.stringify(this.closed)} instead of a message`);
    return JSON.parse(this.messages.shift());
  }

  /** Messages up to the first that `wanted` likes, which is returned. */
  async find(wanted) {
    for (;;) {
      const message = await this.next();
      if (wanted(message)) return message;
    }
  }

  /** Sends a request and returns its reply; events that come before it are dropped. */
  async request(message) {
    await this.text(message);
    return this.find(({ id }) => id === message.id);
  }

  /** @returns {Promise<{code: number, reason: string}>} */
  async untilClosed(timeout = TIMEOUT_MS) {
    await this.#until(() => this.closed, 'the close', timeout);
    return this.closed;
  }

  /** Says goodbye and ends; the server then takes the participant as having left. */
  async close(code = 1000) {
    const payload = Buffer.alloc(2);
    payload.writeUInt16BE(code);
    await this.send('close', payload);
    this.socket.end();
  }

  /** Ends without a goodbye. */
  destroy() {
    this.socket.destroy();
  }

  #until(condition, what, timeout = TIMEOUT_MS) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`waited ${timeout} ms in vain for ${what}`)), timeout);
      this.#wake = () => {
        if (!condition()) return;
        clearTimeout(timer);
        this.#wake = () => {};
        resolve();
      };
      this.#wake();
    });
  }

  #read(data) {
    this.#buffer = Buffer.concat([this.#buffer, data]);
    if (!this.upgraded) {
      const end = this.#buffer.indexOf('\r\n\r\n');
      if (end < 0) return;
      this.upgraded = this.#buffer.toString('latin1', 0, 12).endsWith(' 101');
      if (!this.upgraded) return void this.socket.destroy();
      this.#buffer = this.#buffer.subarray(end + 4);
    }
    while (this.#takeFrame());
    this.#wake();
  }

  #takeFrame() {
    const buffer = this.#buffer;
    if (buffer.length < 2) return false;
    let length = buffer[1] & 0x7f;
    let at = 2;
    if (length === 126) [length, at] = buffer.length < 4 ? [Infinity, 4] : [buffer.readUInt16BE(2), 4];
    else if (length === 127) [length, at] = buffer.length < 10 ? [Infinity, 10] : [Number(buffer.readBigUInt64BE(2)), 10];
    if (buffer.length < at + length) return false;
    const payload = buffer.subarray(at, at + length);
    this.#buffer = buffer.subarray(at + length);
    this.#take(buffer[0] & 0x0f, (buffer[0] & 0x80) !== 0, payload);
    return true;
  }

  #take(opcode, fin, payload) {
    if (opcode === OPCODES.ping && this.answersPings) this.send('pong', payload);
    if (opcode === OPCODES.close) this.closed = { code: payload.length < 2 ? 1005 : payload.readUInt16BE(0), reason: payload.toString('utf8', 2) };
    if (opcode >= OPCODES.close) return;
    this.#parts.push(payload);
    if (fin) this.messages.push(Buffer.concat(this.#parts.splice(0)).toString());
  }
}

/** A client's frame, masked as RFC 6455 section 5.3 asks; the mask is zero, so the payload stays as it is. */
function frame(opcode, payload, fin) {
  const extended = payload.length < 126 ? 0 : payload.length < 65_536 ? 2 : 8;
  const head = Buffer.alloc(2 + extended + 4);
  head[0] = (fin ? 0x80 : 0) | opcode;
  head[1] = 0x80 | (extended === 0 ? payload.length : extended === 2 ? 126 : 127);
  if (extended === 2) head.writeUInt16BE(payload.length, 2);
  if (extended === 8) head.writeBigUInt64BE(BigInt(payload.length), 2);
  return Buffer.concat([head, payload]);
}
