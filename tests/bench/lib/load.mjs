import { cpuMs, output } from './process.mjs';
import { startServer } from '../../e2e/lib/server.mjs';

/** Runs parley-load against a server { url, pid } and returns its report. */
export async function load(build, server, options) {
  return JSON.parse(await output(`${build}/load/parley-load`, [server.url, '--pid', String(server.pid), '--json', '-', ...options]));
}

/** A fresh Parley, its report for one load, and nothing left running. */
export async function loadParley(build, options) {
  process.env.PARLEY_BINARY = `${build}/server/parley`;
  const server = await startServer(['--max-participants', '1000', '--log-level', 'warn']);
  try {
    const before = await cpuMs(server.pid);
    const report = await load(build, server, options);
    return { ...report, cpuMs: (await cpuMs(server.pid)) - before };
  } finally {
    await server.stop();
  }
}

/** The figures of a report that the tables show. */
export function figures(report) {
  return {
    usPerPacket: report.server.cpuMicrosecondsPerPacket,
    p50: report.latencyMs.p50,
    p99: report.latencyMs.p99,
    lossPercent: report.packets.lossPercent,
    threads: report.server.threadsPerClient,
    kib: report.server.residentKibPerClient,
  };
}
