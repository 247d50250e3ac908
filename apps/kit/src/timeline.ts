import { styleText } from 'node:util';

const COLOURS = {
  agent: 'cyan',
  client: 'cyan',
  provider: 'green',
  validator: 'magenta',
  revalidator: 'magenta',
  arbitrator: 'yellow',
  caller: 'cyan',
  greeter: 'green',
  painter: 'green',
  page: 'cyan',
  helper: 'green',
  builder: 'green',
  orchestrator: 'magenta',
  engine: 'magenta',
  bridge: 'yellow',
  human: 'yellow',
  gateway: 'gray',
  auditor: 'magenta',
  network: 'gray',
  check: 'blue',
} as const;

export type Speaker = keyof typeof COLOURS;

const startedAt = performance.now();

/** Prints one line of the story: seconds since the start, who, what. */
export function tell(speaker: Speaker, text: string): void {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1).padStart(6);
  const who = styleText(COLOURS[speaker], speaker.padEnd(12));
  const [first, ...more] = text.split('\n');
  console.log(`${styleText('gray', `${seconds}s`)}  ${who}  ${first}`);
  for (const line of more) console.log(`${' '.repeat(23)}${line}`);
}

/** Prints a heading between chapters. */
export function chapter(title: string): void {
  console.log(`\n${styleText('bold', title)}`);
}

/** Prints rows under a header, columns as wide as their widest cell; numbers to the right. */
export function table(rows: readonly (readonly string[])[]): void {
  const columns = rows[0]?.map((_, column) => rows.map((row) => row[column] ?? '')) ?? [];
  const widths = columns.map((cells) => Math.max(...cells.map(({ length }) => length)));
  const isNumeric = columns.map((cells) => cells.slice(1).every((cell) => /^[\d.]*$/.test(cell)));
  rows.forEach((row, index) => {
    const cells = row.map((cell, column) =>
      isNumeric[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
    );
    const line = cells.join('   ').trimEnd();
    console.log(`  ${index === 0 ? styleText('bold', line) : line}`);
  });
}
