// Processes under measurement.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const TICKS_PER_SECOND = 100; // USER_HZ, the same everywhere on Linux

/** What a program prints; it rejects with what it complained about when it fails. */
export async function output(program, options) {
  const { stdout } = await run(program, options, { maxBuffer: 1 << 26 });
  return stdout;
}

/** CPU time a process has taken so far, in milliseconds. */
export async function cpuMs(pid) {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND;
}
