import { RawSocket } from './raw_socket.mjs';

/**
 * A participant as signaling sees it: it answers every offer as a browser would and sends on what it
 * has published, but no datagram ever comes from it. A room is filled with these cheaply.
 */
export class SilentPublisher {
  static async join(url, room, { sources = ['microphone', 'camera'], ...options } = {}) {
    const socket = await RawSocket.open(url);
    const joined = await socket.request({ id: 'join', type: 'join', room, name: 'Silent', subscribe: 'none', ...options });
    if (joined.type !== 'ok') throw new Error(JSON.stringify(joined));
    const self = new SilentPublisher(socket, joined);
    for (const source of sources) socket.text({ id: source, type: 'publish', source });
    await self.negotiate(sources.length);
    await socket.request({ id: 'settled', type: 'ping' });
    return self;
  }

  /** What the last offer or slots event said. */
  slots = [];
  offer = null;

  constructor(socket, joined) {
    this.socket = socket;
    this.joined = joined;
  }

  /** Answers offers until `count` of one's own publications have been described. */
  async negotiate(count) {
    while (!this.offer || this.offer.publications.length < count) await this.answerNext();
  }

  async answerNext() {
    const message = await this.socket.find(({ type }) => type === 'offer' || type === 'slots');
    this.slots = message.slots;
    if (message.type === 'slots') return;
    this.offer = message;
    this.socket.text({ id: `answer ${message.version}`, type: 'answer', version: message.version, sdp: answerTo(message) });
  }
}

/** An answer that takes everything, with a fingerprint and credentials of nobody. */
export function answerTo({ sdp, publications }) {
  const sending = new Set(publications.map(({ mid }) => mid));
  const [session, ...sections] = sdp.split(/^(?=m=)/m);
  const lines = [
    'v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 't=0 0', ...session.split('\r\n').filter((line) => line.startsWith('a=group')),
    `a=fingerprint:sha-256 ${Array(32).fill('AB').join(':')}`, 'a=setup:active', 'a=ice-ufrag:nobody', `a=ice-pwd:${'x'.repeat(24)}`,
  ];
  for (const section of sections) {
    const kept = section.split('\r\n').filter((line) => /^(m=|c=|a=(mid|rtpmap|fmtp|rtcp-mux|sctp-port|extmap|rtcp-fb)\b)/.test(line));
    const mid = /^a=mid:(.*)$/m.exec(section)[1];
    const direction = sending.has(mid) ? 'sendonly' : section.includes('a=sendonly') ? 'recvonly' : 'inactive';
    lines.push(...kept, ...(section.startsWith('m=application') ? [] : [`a=${direction}`]));
  }
  return `${lines.join('\r\n')}\r\n`;
}
