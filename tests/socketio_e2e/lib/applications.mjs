import { createHmac } from 'node:crypto';
import { io } from 'socket.io-client';
import io2 from 'socket.io-client-2';
import { next, within } from './raw.mjs';

/** The clients there are, by what their applications bundle. */
export const LIBRARIES = {
  '4.x over WebSocket': (url, options) => io(url, { transports: ['websocket'], ...options }),
  '4.x over polling': (url, options) => io(url, { transports: ['polling'], ...options }),
  '2.5, upgrading': (url, options) => io2(url, { transports: ['polling', 'websocket'], ...options }),
};

const base64url = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** A JSON Web Token; unsigned but in form without a secret. */
export function token(claims, { secret = 'secret', alg = 'HS256', hash = 'sha256', sign } = {}) {
  const signed = `${base64url({ alg, typ: 'JWT' })}.${base64url(claims)}`;
  const signature = sign ? sign(signed) : createHmac(hash, secret).update(signed).digest('base64url');
  return `${signed}.${signature}`;
}

/** Sockets to one server, each noting every event it gets. */
export class Sockets {
  #open = [];

  constructor(url) {
    this.url = url;
  }

  async connect(library = '4.x over WebSocket', options = {}) {
    const socket = LIBRARIES[library](this.url, { forceNew: true, reconnection: false, ...options });
    this.#open.push(socket);
    socket.heard = [];
    // 2.x has no onAny: every event goes through its emit.
    if (socket.onAny) socket.onAny((...event) => socket.heard.push(event));
    else {
      const { onevent } = socket;
      socket.onevent = function take(packet) {
        socket.heard.push([...packet.data]);
        onevent.call(this, packet);
      };
    }
    await next(socket, 'connect');
    return socket;
  }

  closeAll() {
    for (const socket of this.#open.splice(0)) socket.close();
  }
}

/** Waits until the server dealt with all that these sockets sent before. */
export async function settle(...sockets) {
  // An event that is answered by every one of the applications with an error, after all before it.
  await Promise.all(sockets.map((socket) => within(new Promise((resolve) => { socket.emit('room_connect', null, resolve); }), 'an answer')));
}

/** What `socket` heard since the last call, heartbeat aside, once there are `count` events. */
export async function heard(socket, count) {
  const deadline = Date.now() + 10_000;
  while (socket.heard.length < count) {
    if (Date.now() > deadline) throw new Error(`heard ${JSON.stringify(socket.heard)}, not ${count} events`);
    await new Promise((resolve) => { setTimeout(resolve, 5); });
  }
  return socket.heard.splice(0);
}
