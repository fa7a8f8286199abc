// What the server costs under parley-load: one publisher to N subscribers, and rooms of four.
import { figures, loadParley } from './lib/load.mjs';
import { printTable } from './lib/table.mjs';

const JOINS = 50;
const TIMES = ['--join-rate', '10/s', '--join-timeout', '60s', '--warmup', '3s', '--duration', '8s'];

/** One publisher and N subscribers, as parley-load takes it. */
export const fanOut = (subscribers) => ['--subscribers', String(subscribers), ...TIMES];
const roomsOfFour = ['--rooms', '30', '--publishers', '4', '--subscribers', '0', '--all-to-all', ...TIMES];

export async function forward(build) {
  const loads = [3, 10, 50, 100, 200].map((n) => [`1 to ${n}`, fanOut(n)]);
  loads.push(['30 rooms of 4', roomsOfFour]);
  const result = [];
  for (const [name, options] of loads) result.push({ name, ...figures(await loadParley(build, options)) });
  printTable('Forwarding', ['load', 'CPU µs per packet', 'latency p50 ms', 'p99 ms', 'loss %', 'threads per client', 'KiB per client'],
    result.map((row) => [row.name, row.usPerPacket, row.p50, row.p99, row.lossPercent, row.threads, row.kib]));
  return result;
}

/** Sound only, so that next to nothing but joining costs anything. */
export async function join(build) {
  const runs = [];
  for (const rate of ['5/s', '20/s', '0/s']) {
    const report = await loadParley(build, ['--subscribers', String(JOINS - 1), '--no-video', '--join-rate', rate, '--join-timeout', '60s', '--warmup', '0s', '--duration', '1s']);
    runs.push({ rate, ...report.joinMs, cpuMsPerJoin: report.cpuMs / JOINS });
  }
  printTable(`Joining, ${JOINS} clients`, ['rate', 'median ms', 'p95 ms', 'CPU ms per join'],
    runs.map((row) => [row.rate === '0/s' ? 'at once' : row.rate, row.median, row.p95, row.cpuMsPerJoin]));
  return runs;
}

