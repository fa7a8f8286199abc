/**
 * What getStats() says about a connection, as numbers one can show. Pure but for StatsReader.read().
 *
 * @typedef {import('../parley.js').FlowStats} FlowStats
 * @typedef {import('../parley.js').RoomStats} RoomStats
 * @typedef {import('../parley.js').Quality} Quality
 * @typedef {Record<string, any>} Entry                  one dictionary of an RTCStatsReport
 * @typedef {{at: number, bytes: number, packets: number, lost: number, frames: number}} Counters
 */

/** ITU-T G.114: conversation suffers from 150 ms one way, is hard from 400 ms. */
const FAIR_RTT_MS = 300;
const POOR_RTT_MS = 800;
/** Loss that NACK and Opus still hide well, and loss that they do not. */
const FAIR_LOSS = 0.03;
const POOR_LOSS = 0.1;

const ORDER = /** @type {const} */ (['unknown', 'good', 'fair', 'poor', 'off']);

/**
 * @param {number | null} loss 0 to 1
 * @param {number | null} rtt milliseconds
 * @returns {Quality}
 */
export function judge(loss, rtt) {
  if (loss === null && rtt === null) return 'unknown';
  const [l, r] = [loss ?? 0, rtt ?? 0];
  if (l >= POOR_LOSS || r >= POOR_RTT_MS) return 'poor';
  return l >= FAIR_LOSS || r >= FAIR_RTT_MS ? 'fair' : 'good';
}

/** @param {Iterable<Quality>} qualities @returns {Quality} */
export function worst(qualities) {
  let index = 0;
  for (const quality of qualities) index = Math.max(index, ORDER.indexOf(quality));
  return /** @type {Quality} */ (ORDER[index]);
}

/**
 * The flow between two readings of one stream's counters.
 *
 * @param {Counters} now
 * @param {Counters | undefined} before
 * @returns {Pick<FlowStats, 'bitrate' | 'loss' | 'fps'>}
 */
export function rates(now, before) {
  if (!before || now.at <= before.at || now.bytes < before.bytes) return { bitrate: null, loss: null, fps: null };
  const seconds = (now.at - before.at) / 1000;
  const arrived = now.packets - before.packets;
  const lost = Math.max(0, now.lost - before.lost);
  return {
    bitrate: Math.round(((now.bytes - before.bytes) * 8) / seconds),
    loss: arrived + lost > 0 ? lost / (arrived + lost) : null,
    fps: Math.round((now.frames - before.frames) / seconds),
  };
}

/** @param {Entry} entry of type inbound-rtp @returns {Counters} */
function received(entry) {
  return {
    at: entry.timestamp,
    bytes: entry.bytesReceived ?? 0,
    packets: entry.packetsReceived ?? 0,
    lost: entry.packetsLost ?? 0,
    frames: entry.framesDecoded ?? 0,
  };
}

/** @param {Entry} entry of type outbound-rtp @param {number} lost @returns {Counters} */
function sent(entry, lost) {
  return {
    at: entry.timestamp,
    bytes: entry.bytesSent ?? 0,
    packets: (entry.packetsSent ?? 0) - lost,
    lost,
    frames: entry.framesEncoded ?? 0,
  };
}

/** @param {Counters[]} all @returns {Counters | undefined} */
function total(all) {
  return all.length === 0 ? undefined : all.reduce((sum, each) => ({
    at: Math.max(sum.at, each.at),
    bytes: sum.bytes + each.bytes,
    packets: sum.packets + each.packets,
    lost: sum.lost + each.lost,
    frames: sum.frames + each.frames,
  }));
}

/** @type {FlowStats} */
const NOTHING = {
  bitrate: null, loss: null, fps: null, framesDecoded: null, width: null, height: null, quality: 'unknown',
};

/** Reads a connection again and again, remembering the counters of the time before. */
export class StatsReader {
  /** By id of the report's entries, and `down` and `up`. @type {Map<string, Counters>} */
  #before = new Map();

  /**
   * @param {RTCPeerConnection | null} pc
   * @param {{participants: ReadonlyMap<string, import('../parley.js').Participant>}} roster
   * @param {Iterable<import('../parley.js').Publication>} publications
   * @returns {Promise<RoomStats>}
   */
  async read(pc, { participants }, publications) {
    if (!pc || ['closed', 'failed', 'disconnected'].includes(pc.connectionState)) {
      return { rtt: null, down: NOTHING, up: NOTHING, tracks: new Map(), sent: new Map(), quality: 'off' };
    }
    /** @type {Map<string, string>} */
    const trackIds = new Map();
    for (const { tracks } of participants.values()) {
      for (const { id, mediaTrack } of tracks.values()) if (mediaTrack) trackIds.set(mediaTrack.id, id);
    }
    /** @type {Map<string, string>} */
    const sentIds = new Map();
    for (const { mid, sender } of pc.getTransceivers()) {
      for (const { id, track } of publications) if (mid && id && track && sender.track === track) sentIds.set(mid, id);
    }
    return this.summarise([.../** @type {any} */ (await pc.getStats()).values()], trackIds, sentIds);
  }

  /**
   * @param {Entry[]} entries
   * @param {ReadonlyMap<string, string>} trackIds the room's track id by MediaStreamTrack id
   * @param {ReadonlyMap<string, string>} [sentIds] that of one's own tracks by mid
   * @returns {RoomStats}
   */
  summarise(entries, trackIds, sentIds = new Map()) {
    const rtt = roundTrip(entries);
    /** @type {Map<string, Counters>} */
    const now = new Map();
    /** @type {Map<string, FlowStats>} */
    const tracks = new Map();
    const down = [];
    const up = [];
    for (const entry of entries) {
      if (entry.type === 'inbound-rtp') {
        const counters = received(entry);
        down.push(counters);
        now.set(entry.id, counters);
        const track = trackIds.get(entry.trackIdentifier);
        if (track) tracks.set(track, this.#flow(entry, counters));
      } else if (entry.type === 'outbound-rtp') {
        const remote = entries.find(({ id }) => id === entry.remoteId);
        up.push(sent(entry, remote?.packetsLost ?? 0));
      }
    }
    const [downFlow, upFlow] = [this.#sum('down', down, now), this.#sum('up', up, now)];
    this.#before = now;
    const quality = worst([judge(null, rtt), downFlow.quality, upFlow.quality]);
    return { rtt, down: downFlow, up: upFlow, tracks, sent: sentLayers(entries, sentIds), quality };
  }

  /** @param {Entry} entry @param {Counters} counters @returns {FlowStats} */
  #flow(entry, counters) {
    const flow = rates(counters, this.#before.get(entry.id));
    return {
      ...flow,
      fps: entry.kind === 'video' ? flow.fps : null,
      framesDecoded: entry.framesDecoded ?? null,
      width: entry.frameWidth ?? null,
      height: entry.frameHeight ?? null,
      quality: judge(flow.loss, null),
    };
  }

  /**
   * @param {string} key
   * @param {Counters[]} all
   * @param {Map<string, Counters>} now
   * @returns {FlowStats}
   */
  #sum(key, all, now) {
    const counters = total(all);
    if (!counters) return NOTHING;
    now.set(key, counters);
    const flow = rates(counters, this.#before.get(key));
    return { ...NOTHING, ...flow, fps: null, quality: judge(flow.loss, null) };
  }
}

/**
 * @param {Entry[]} entries
 * @param {ReadonlyMap<string, string>} sentIds
 */
function sentLayers(entries, sentIds) {
  /** @type {RoomStats['sent']} */
  const sent = new Map();
  for (const { type, kind, mid, rid = '', frameWidth, frameHeight, framesPerSecond = 0 } of entries) {
    const id = sentIds.get(mid);
    if (!id || type !== 'outbound-rtp' || kind !== 'video' || !frameWidth || framesPerSecond === 0) continue;
    sent.set(id, [...(sent.get(id) ?? []), { rid, width: frameWidth, height: frameHeight }]);
  }
  for (const layers of sent.values()) layers.sort((a, b) => a.width - b.width);
  return sent;
}

/** @param {Entry[]} entries @returns {number | null} milliseconds */
function roundTrip(entries) {
  const selected = entries.find(({ type }) => type === 'transport')?.selectedCandidatePairId;
  const pair = entries.find(({ id, type, nominated, state }) =>
    selected ? id === selected : type === 'candidate-pair' && nominated && state === 'succeeded');
  const seconds = pair?.currentRoundTripTime;
  return typeof seconds === 'number' ? Math.round(seconds * 1000) : null;
}
