import { settle } from './clock.mjs';

/** A WebSocket whose other end is the test. */
export class FakeWebSocket {
  /** @type {FakeWebSocket[]} */ static all = [];
  static get last() { return FakeWebSocket.all.at(-1); }
  /** Whether connections come about by themselves. */
  static reachable = true;

  sent = [];
  closedWith = null;

  constructor(url, protocol) {
    Object.assign(this, { url, protocol });
    FakeWebSocket.all.push(this);
    queueMicrotask(() => (FakeWebSocket.reachable ? this.onopen?.() : this.onclose?.({ code: 1006, reason: '' })));
  }

  send(text) { this.sent.push(JSON.parse(text)); }
  close(code) { this.closedWith ??= code ?? 1005; }

  requests(type) { return this.sent.filter((message) => message.type === type); }

  async event(message) {
    this.onmessage?.({ data: JSON.stringify(message) });
    await settle();
  }
  /** Answers the latest request of this type. */
  async reply(type, fields = {}) {
    await this.event({ id: this.requests(type).at(-1).id, type: 'ok', ...fields });
  }
  async refuse(type, code) {
    await this.event({ id: this.requests(type).at(-1).id, type: 'error', error: { code, message: `refused: ${code}` } });
  }
  /** The other end is alive. */
  answerPings() {
    this.send = (text) => {
      FakeWebSocket.prototype.send.call(this, text);
      if (JSON.parse(text).type === 'ping') queueMicrotask(() => this.reply('ping'));
    };
  }
  /** The connection breaks. */
  async drop(code = 1006) {
    this.onclose?.({ code, reason: '' });
    await settle();
  }

  static install() {
    FakeWebSocket.all = [];
    FakeWebSocket.reachable = true;
    globalThis.WebSocket = FakeWebSocket;
  }
}
