import { readdir, readFile, readlink } from 'node:fs/promises';

/**
 * The local ports of a process's UDP sockets, one entry for each socket. (Linux: proc(5).)
 *
 * @param {number} pid
 * @returns {Promise<number[]>}
 */
export async function udpPorts(pid) {
  const descriptors = await readdir(`/proc/${pid}/fd`);
  const links = await Promise.all(descriptors.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')));
  const own = new Set(links.map((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1]).filter(Boolean));
  const tables = await Promise.all(['udp', 'udp6'].map((name) => readFile(`/proc/${pid}/net/${name}`, 'utf8').catch(() => '')));
  return tables.flatMap((table) => table.trim().split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => own.has(fields[9]))
    .map((fields) => parseInt(fields[1].split(':')[1], 16));
}
