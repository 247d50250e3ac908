import { type Check, checks } from '../checks.ts';
import type { Framework } from '../frameworks/framework.ts';
import { type LogQuery, logQueries } from '../log-queries.ts';
import { frameworks } from '../report.ts';

/** The rows of the tables in docs/compliance.md, as the code has them. */
export function mappingRows(): readonly string[] {
  return [...Object.values(frameworks).flatMap(controlRows), ...checkRows(), ...queryRows()];
}

function controlRows({ controls }: Framework): string[] {
  return controls.map(({ id, title, checks: names, verdicts, limits }) =>
    row([
      id,
      title,
      code(names),
      verdicts === 'all' ? 'met, gap, not assessed' : 'gap, not assessed',
      limits,
    ]),
  );
}

function checkRows(): string[] {
  return Object.entries<Check>(checks).map(([name, { criterion, shownBy, refutedBy }]) =>
    row([code([name]), criterion, code(shownBy), code(refutedBy)]),
  );
}

function queryRows(): string[] {
  return Object.entries<LogQuery>(logQueries).map(([name, { words }]) => row([code([name]), words]));
}

function code(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.map((name) => `\`${name}\``).join(', ');
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
