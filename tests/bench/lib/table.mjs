/** Prints rows (arrays of text and numbers) below a title, as Markdown. */
export function printTable(title, header, rows) {
  const text = (value) => (typeof value === 'number' ? round(value) : String(value ?? '–'));
  console.log(`\n## ${title}\n`);
  console.log(`| ${header.join(' | ')} |`);
  console.log(`|${header.map(() => '---').join('|')}|`);
  for (const row of rows) console.log(`| ${row.map(text).join(' | ')} |`);
}

function round(value) {
  return Number.isInteger(value) ? String(value) : value.toFixed(Math.abs(value) < 10 ? 2 : 1);
}

export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
