import { extractText, getDocumentProxy } from 'unpdf';
import { describe, expect, it } from 'vitest';
import { sampleDays, sampleReport } from '../testing/sample-report.ts';
import { tickStep, toBars } from './chart.ts';
import { printable } from './printable.ts';
import { renderPdf } from './render.ts';

async function pagesOf(pdf: Buffer): Promise<readonly string[]> {
  const { text } = await extractText(await getDocumentProxy(new Uint8Array(pdf)));
  return text;
}

describe('renderPdf', () => {
  it('says what the report says, on numbered pages', async () => {
    const report = sampleReport();
    const pages = await pagesOf(await renderPdf(report));
    const all = pages.join('\n');
    for (const [index, page] of pages.entries()) {
      expect(page).toContain(`Page ${index + 1} of ${pages.length}`);
      expect(page).toContain('evidence, not certification');
    }
    expect(pages[0]).toContain(report.statement);
    expect(pages[0]).toContain(report.integrity.checkpoint.origin);
    for (const { id } of report.controls) expect(all).toContain(id);
    for (const word of ['Met', 'Gap', 'Not assessed', 'approved', 'denied', 'pending', 'expired']) {
      expect(all).toContain(word);
    }
    expect(all).toContain('The first 40 of 250.');
    expect(all).toContain('2026-10-01');
  });

  it('repeats the header of a table on each page it goes on', async () => {
    const pages = await pagesOf(await renderPdf(sampleReport()));
    const withRows = pages.filter((page) => page.includes('Ran without the approval'));
    expect(withRows.length).toBeGreaterThan(1);
    for (const page of withRows) expect(page).toContain('Subject');
  });

  it('is the same file for the same report', async () => {
    const [first, second] = [await renderPdf(sampleReport()), await renderPdf(sampleReport())];
    expect(first.equals(second)).toBe(true);
  });

  it('shows what the fonts lack by its number, and breaks words that are too long', async () => {
    const all = (await pagesOf(await renderPdf(sampleReport()))).join('\n');
    expect(all).toContain('\\u{202E}');
    expect(all.replace(/\s/g, '')).toContain('very_long_'.repeat(11));
  });

  it('is also a document when there is nothing to say', async () => {
    const nothing = {
      exceptions: [],
      approvals: [],
      keyEvents: [],
      trust: [],
      alerts: {},
      days: sampleDays(1),
    };
    const pages = await pagesOf(await renderPdf(sampleReport({ ...nothing, exceptionCount: 0 })));
    expect(pages.join('\n')).toContain('Nothing was found that speaks against a control.');
  });

  it('stops for a caller that went away', async () => {
    const gone = new DOMException('gone', 'AbortError');
    await expect(renderPdf(sampleReport(), AbortSignal.abort(gone))).rejects.toBe(gone);
  });
});

describe('the chart', () => {
  it('has a bar for each day, and for each seven when there are more than sixty', () => {
    const days = sampleDays(365);
    const bars = toBars(days);
    expect(bars).toHaveLength(53);
    const sum = (values: readonly { approved: number }[]) =>
      values.reduce((total, each) => total + each.approved, 0);
    expect(sum(bars)).toBe(sum(days));
    expect(toBars(sampleDays(60))).toHaveLength(60);
  });

  it.each([
    [0, 1],
    [1, 1],
    [5, 2],
    [48, 20],
    [1000, 500],
  ])('has whole steps up to %i', (peak, step) => {
    expect(tickStep(peak)).toBe(step);
  });
});

describe('printable', () => {
  it('leaves what the fonts have, escapes the rest and cuts what is endless', () => {
    expect(printable('Grüße – 5 €, “ok”')).toBe('Grüße – 5 €, “ok”');
    expect(printable('a\u202eb\u0000c\u00ad日😀')).toBe('a\\u{202E}b\\u{0}c\\u{AD}\\u{65E5}\\u{1F600}');
    expect(printable('x'.repeat(5000))).toHaveLength(601);
  });
});
