const NAMES = [
  'Ada Lovelace', 'Grace Hopper', 'Linus Pauling', 'Mary Jackson', 'Rosalind Franklin', 'Alan Turing', 'Emmy Noether',
  'Katherine Johnson', 'Niels Bohr', 'Chien-Shiung Wu', 'Richard Feynman', 'Barbara McClintock', 'Tim Berners-Lee',
  'Hedy Lamarr', 'Srinivasa Ramanujan', 'Annie Easley', 'Max Planck', 'Lise Meitner', 'Carl Sagan', 'Vera Rubin', 'Enrico Fermi',
];

/** One client's side of a scripted room. */
export class Script {
  #socket;
  #version = 0;
  #own = new Map();
  #others = [];
  #self = { id: 'p-self', name: '' };

  constructor(socket) {
    this.#socket = socket;
    socket.on('message', (data) => this.#request(JSON.parse(data)));
  }

  #send(message) {
    this.#socket.send(JSON.stringify(message));
  }

  #request({ id, type, ...fields }) {
    const ok = (more = {}) => this.#send({ id, type: 'ok', ...more });
    switch (type) {
      case 'join':
        return this.#join(fields, ok);
      case 'publish': {
        const track = `own-${this.#own.size + 1}`;
        this.#own.set(track, fields.source);
        ok({ track });
        return this.#offer();
      }
      case 'unpublish':
        this.#own.delete(fields.track);
        ok();
        return this.#offer();
      case 'chat': {
        const message = { id: `m-${Date.now()}-${id}`, participant: this.#self.id, name: this.#self.name, text: fields.text, at: new Date().toISOString() };
        ok({ message: message.id });
        return this.#send({ type: 'chat', message });
      }
      case 'leave':
        ok();
        return this.#socket.close(1000);
      case 'ping':
        return ok({ time: Date.now() });
      default:
        return ok();
    }
  }

  #join({ room, name, resume }, ok) {
    const [, count = '1', extra = ''] = /^demo-(\d+)-?(.*)$/.exec(room) ?? [];
    this.#self.name = name;
    this.#others = Array.from({ length: Number(count) - 1 }, (_, index) => this.#other(index, extra));
    ok({
      room, participant: this.#self.id, resumeToken: 'token', host: this.#others.length === 0, resumed: Boolean(resume),
      participants: this.#others, tracks: [], keepaliveSeconds: 5, chat: extra.includes('chat') ? this.#history() : [],
    });
    this.#offer();
    if (this.#others.length > 0) this.#send({ type: 'active-speaker', participants: [this.#others[this.#others.length > 2 ? 1 : 0].id] });
    if (extra.includes('chat')) {
      setTimeout(() => this.#say(0, 'Here is the agenda: https://example.org/agenda?week=47, have a look.'), 1500);
    }
  }

  #other(index, extra) {
    const id = `p-${index + 1}`;
    const tracks = [{ id: `${id}-mic`, kind: 'audio', source: 'microphone', codec: 'opus', muted: index % 3 === 2 }];
    // In a room of last-N those who spoke last are seen, the others named.
    const held = extra.includes('lastn') && index > 2 ? { held: true } : {};
    if (index % 5 !== 3) tracks.push({ id: `${id}-cam`, kind: 'video', source: 'camera', codec: 'VP8', layers: ['q', 'h', 'f'], muted: false, ...held });
    if (extra.includes('screen') && index === 1) tracks.push({ id: `${id}-screen`, kind: 'video', source: 'screen', codec: 'VP8', muted: false });
    return { id, name: NAMES[index % NAMES.length], host: index === 0, tracks };
  }

  #history() {
    const lines = [
      [0, 'Good morning! Can everyone hear me?'], [1, 'Loud and clear.'], [1, 'My camera takes a moment.'],
      [2, 'Same here. Shall we begin with the numbers from last week, or do we wait for Alan?'], [0, 'He comes at ten, so let us begin.'],
    ];
    return lines.map(([who, text], index) => ({
      id: `h-${index}`, participant: `p-${who + 1}`, name: NAMES[who], text, at: new Date(Date.now() - (400 - index * 50) * 1000).toISOString(),
    }));
  }

  #say(who, text) {
    this.#send({ type: 'chat', message: { id: `m-${Date.now()}`, participant: `p-${who + 1}`, name: NAMES[who], text, at: new Date().toISOString() } });
  }

  /** The "SDP" that fake_rtc.js understands: which m-lines there are. */
  #offer() {
    const slots = this.#others.flatMap(({ id, tracks }) => tracks.map((track) => ({ mid: track.id, participant: id, track: track.id })));
    const publications = [...this.#own.keys()].map((track) => ({ mid: track, track }));
    const lines = [
      ...slots.map(({ mid }, index) => ({ mid, kind: mid.endsWith('mic') ? 'audio' : 'video', seed: index })),
      ...[...this.#own].map(([mid, source]) => ({ mid, kind: source.startsWith('screen-a') || source === 'microphone' ? 'audio' : 'video' })),
    ];
    this.#send({ type: 'offer', version: ++this.#version, sdp: JSON.stringify(lines), slots, publications });
  }
}
