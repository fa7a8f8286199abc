// Runs the benchmarks named on the command line; scripts/bench builds them and calls this.
import { writeFile } from 'node:fs/promises';

import { forward, join } from './forward.mjs';
import { janus } from './janus.mjs';
import { estimator, floor, micro } from './programs.mjs';

const benchmarks = { micro, floor, forward, join, estimator, janus };

const [build, ...names] = process.argv.slice(2);
for (const name of names) {
  const result = await benchmarks[name](build);
  await writeFile(`build/bench/${name}.json`, `${JSON.stringify(result, null, 2)}\n`);
}
