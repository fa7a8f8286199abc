// The same load against Parley and against Debian's Janus, and the floor beside them, by turns.
import { fanOut } from './forward.mjs';
import { startJanus } from './lib/janus_server.mjs';
import { figures, load, loadParley } from './lib/load.mjs';
import { median, printTable } from './lib/table.mjs';
import { pacedFloor } from './programs.mjs';

const ROUNDS = 3;

async function loadJanus(build, options) {
  const server = await startJanus();
  try {
    return await load(build, server, ['--protocol', 'janus', ...options]);
  } finally {
    await server.stop();
  }
}

export async function janus(build) {
  const result = [];
  for (const subscribers of [3, 10, 50, 100, 200]) {
    const runs = { parley: [], janus: [], floor: [] };
    for (let round = 0; round < ROUNDS; ++round) {
      runs.parley.push(figures(await loadParley(build, fanOut(subscribers))));
      runs.janus.push(figures(await loadJanus(build, fanOut(subscribers))));
      runs.floor.push(await pacedFloor(build, subscribers));
    }
    result.push({ subscribers, ...runs, medians: medians(runs) });
  }
  const rows = result.map(({ subscribers, medians: { parley, janus: other, floor } }) => ({ subscribers, parley, other, floor }));
  printTable('CPU µs per forwarded packet', ['N', 'floor', 'Parley', 'Janus', 'Parley / floor', 'Parley / Janus'],
    rows.map(({ subscribers, parley, other, floor }) => [subscribers, floor, parley.usPerPacket, other.usPerPacket,
      parley.usPerPacket / floor, parley.usPerPacket / other.usPerPacket]));
  printTable('Latency, ms: Parley / Janus', ['N', 'p50', 'p99', 'ratio of p99', 'loss %'],
    rows.map(({ subscribers, parley, other }) => [subscribers, both(parley.p50, other.p50), both(parley.p99, other.p99),
      parley.p99 / other.p99, both(parley.lossPercent, other.lossPercent)]));
  printTable('A subscriber: Parley / Janus', ['N', 'threads', 'KiB'],
    rows.map(({ subscribers, parley, other }) => [subscribers, both(parley.threads, other.threads), both(parley.kib, other.kib)]));
  return result;
}

function medians({ parley, janus: other, floor }) {
  const each = (runs) => Object.fromEntries(Object.keys(runs[0]).map((name) => [name, median(runs.map((run) => run[name]))]));
  return { parley: each(parley), janus: each(other), floor: median(floor) };
}

const both = (parley, other) => `${parley.toFixed(1)} / ${other.toFixed(1)}`;
