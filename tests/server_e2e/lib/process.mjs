import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a process holds just now, from /proc. @param {number} pid */
export function usageOf(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const number = (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)[1]);
  return { threads: number('Threads'), fds: readdirSync(`/proc/${pid}/fd`).length, rssKiB: number('VmRSS') };
}

/**
 * Waits until the process holds no more threads and files than `before`; returns what it holds then,
 * or after the timeout.
 */
export async function settledUsage(pid, before, timeout = 10_000) {
  const end = performance.now() + timeout;
  for (;;) {
    const usage = usageOf(pid);
    if ((usage.threads <= before.threads && usage.fds <= before.fds) || performance.now() > end) return usage;
    await sleep(50);
  }
}
