import { describe, expect, it } from 'vitest';
import { renderCsv } from './csv.ts';
import { sampleReport } from './testing/sample-report.ts';

/** Enough of RFC 4180 to read what was written, by other means than those that wrote it. */
function parse(text: string): string[][] {
  const rows: string[][] = [[]];
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/y;
  for (let at = 0; at < text.length; at = field.lastIndex) {
    field.lastIndex = at;
    const match = field.exec(text);
    if (!match) throw new Error(`not CSV at ${at}`);
    rows.at(-1)?.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] === '\r\n') rows.push([]);
  }
  return rows.filter((row) => row.length > 0);
}

const HOSTILE = ['=1+1', '+1', '-1+1', '@SUM(A1)', '\t=1', '\r=1', '=HYPERLINK("http://x","y")', '＝1+1'];

describe('renderCsv', () => {
  it('is one table of nine columns that spreadsheets open as UTF-8', async () => {
    const text = await renderCsv(sampleReport());
    expect(text.startsWith('\uFEFFsection,id,title,verdict,detail,count,sequences,at,actor\r\n')).toBe(true);
    const rows = parse(text.slice(1));
    expect(new Set(rows.map((row) => row.length))).toEqual(new Set([9]));
    const sections = new Set(rows.slice(1).map(([section]) => section));
    for (const section of ['report', 'total', 'day', 'control', 'evidence', 'exception', 'approval', 'key']) {
      expect(sections).toContain(section);
    }
    for (const section of ['alert', 'trust', 'integrity', 'limits']) expect(sections).toContain(section);
  });

  it.each(HOSTILE)('lets no spreadsheet run %j as a formula', async (hostile) => {
    const [approval, key, agent] = [
      sampleReport().approvals[0],
      sampleReport().keyEvents[0],
      sampleReport().trust[0],
    ];
    if (!approval || !key || !agent) throw new Error('the sample has one of each');
    const text = await renderCsv(
      sampleReport({
        approvals: [{ ...approval, action: hostile, decidedBy: hostile }],
        keyEvents: [{ ...key, name: hostile, subject: hostile, actor: hostile }],
        trust: [{ ...agent, name: hostile }],
        alerts: { [hostile]: 1 },
      }),
    );
    const cells = parse(text.slice(1)).flat();
    expect(cells.filter((cell) => cell.includes(hostile))).toHaveLength(7);
    expect(cells.filter((cell) => /^[=+\-@\t\r＝＋－＠]/.test(cell))).toEqual([]);
  });

  it('keeps quotes, commas and line ends inside their cell', async () => {
    const [exception] = sampleReport().exceptions;
    if (!exception) throw new Error('the sample has one');
    const reason = 'a "quoted", \r\n text;\nwith lines';
    const text = await renderCsv(sampleReport({ exceptions: [{ ...exception, reason }] }));
    expect(parse(text.slice(1)).find(([section]) => section === 'exception')?.[4]).toBe(reason);
  });
});
