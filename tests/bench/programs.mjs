// The benchmarks that are programs of their own.
import { output } from './lib/process.mjs';
import { printTable } from './lib/table.mjs';

const REPETITIONS = 3;

/** Google Benchmark's results whose names match `filter`, with the runs of each repetition. */
async function benchmark(build, filter, repetitions = REPETITIONS) {
  const text = await output(`${build}/tests/bench/parley_bench`, [
    `--benchmark_filter=${filter}`, `--benchmark_repetitions=${repetitions}`, '--benchmark_min_time=0.1',
    '--benchmark_enable_random_interleaving=true', '--benchmark_format=json',
  ]);
  const runs = new Map();
  for (const run of JSON.parse(text).benchmarks) {
    if (run.run_type !== 'iteration') continue;
    if (run.error_occurred) throw new Error(`${run.name}: ${run.error_message}`);
    runs.set(run.run_name, [...(runs.get(run.run_name) ?? []), run]);
  }
  return runs;
}

export async function micro(build) {
  const runs = await benchmark(build, '^(protect|unprotect|parse|rewrite|batch_and_send)');
  const result = [...runs].sort(([one], [other]) => one.localeCompare(other, 'en', { numeric: true })).map(([name, of]) => ({ name, ns: Math.min(...of.map((run) => nanoseconds(run))) }));
  printTable('Parts, by themselves', ['part', 'ns, the best of three'], result.map(({ name, ns }) => [name, ns]));
  return result;
}

function nanoseconds(run) {
  if (run.us_per_packet !== undefined) return run.us_per_packet * 1000;
  return run.cpu_time * { ns: 1, us: 1e3, ms: 1e6 }[run.time_unit];
}

/** The least that forwarding can cost, and what a shard takes for the same packets. */
export async function floor(build) {
  const runs = await benchmark(build, '^(floor|path)');
  const cost = (kind, subscribers) => {
    const of = [...runs].find(([name]) => name.startsWith(`${kind}/${subscribers}/`))[1];
    return Math.min(...of.map((run) => run.us_per_packet));
  };
  const result = [3, 10, 50, 100, 200].map((subscribers) => {
    const [least, shard] = [cost('floor', subscribers), cost('path', subscribers)];
    return { subscribers, floorUsPerPacket: least, shardUsPerPacket: shard, ratio: shard / least };
  });
  printTable('A shard beside the floor, CPU µs per forwarded packet', ['N', 'floor', 'shard', 'ratio'],
    result.map((row) => [row.subscribers, row.floorUsPerPacket, row.shardUsPerPacket, row.ratio]));
  return result;
}

/** The least that forwarding to so many costs at the pace of a call, CPU µs per packet. */
export async function pacedFloor(build, subscribers) {
  const [[run]] = [...(await benchmark(build, `^paced_floor/${subscribers}/`, 1)).values()];
  return run.us_per_packet;
}

/** On simulated time: the figures do not depend on the machine. */
export async function estimator(build) {
  const result = JSON.parse(await output(`${build}/tests/bench/estimator_traces`, ['--json']));
  printTable('Bandwidth estimator', Object.keys(result[0]), result.map((trace) => Object.values(trace)));
  return result;
}
