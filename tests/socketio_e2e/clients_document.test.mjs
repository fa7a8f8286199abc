// Runs the programs of docs/clients.md against the server: each prints what stands behind it.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startServer } from '../e2e/lib/server.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const text = await readFile(join(HERE, '../../docs/clients.md'), 'utf8');
const sections = text.split(/^## /m).slice(1).map((section) => ({
  title: section.split('\n', 1)[0],
  programs: [...section.matchAll(/```js\n(.*?)```\n```text\n(.*?)```/gs)].map(([, program, output]) => ({ program, output })),
}));

let server, folder;
before(async () => {
  server = await startServer();
  folder = await mkdtemp(join(tmpdir(), 'parley-clients-'));
  await symlink(join(HERE, 'node_modules'), join(folder, 'node_modules'));
});
after(async () => {
  await rm(folder, { recursive: true });
  await server.stop();
});

test('there are programs, and none without its output', () => {
  assert.equal(sections.flatMap(({ programs }) => programs).length, text.match(/^```js$/gm).length);
  assert.ok(text.match(/^```js$/gm).length >= 4);
});

for (const { title, programs } of sections) {
  for (const { program, output } of programs) {
    test(`${title} does what the document says`, async () => {
      const here = program.replaceAll('http://127.0.0.1:8080', server.url);
      assert.notEqual(here, program);
      const file = join(folder, 'program.mjs');
      await writeFile(file, here);
      const { stdout } = await promisify(execFile)(process.execPath, [file], { timeout: 20_000 });
      assert.equal(stdout, output);
    });
  }
}
