import { mkdir, writeFile } from 'node:fs/promises';

const ARTIFACTS = new URL('../artifacts/', import.meta.url);

/** Keeps what was measured, to be looked at after the tests. @param {string} name @param {unknown} measured */
export async function keep(name, measured) {
  await mkdir(ARTIFACTS, { recursive: true });
  await writeFile(new URL(`${name}.json`, ARTIFACTS), JSON.stringify(measured, null, 1));
}
