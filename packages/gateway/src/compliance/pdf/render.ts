import type { ComplianceReport } from '@bonafide/core/models';
import { pause } from '../pause.ts';
import { drawMargins, drawTitlePage } from './pages.ts';
import { sections } from './sections.ts';
import { pageOptions } from './sheet.ts';

/** The report as a PDF; equal reports give equal bytes. */
export async function renderPdf(report: ComplianceReport, signal?: AbortSignal): Promise<Buffer> {
  // Loaded here, because only few gateways are ever asked for one.
  const { default: PDFDocument } = await import('pdfkit');
  const time = new Date(report.generatedAt);
  const pdf = new PDFDocument({
    ...pageOptions,
    bufferPages: true,
    lang: 'en',
    displayTitle: true,
    info: { Title: report.title, Author: 'Bonafide gateway', CreationDate: time, ModDate: time },
  });
  const chunks: Buffer[] = [];
  pdf.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise<void>((resolve, reject) => {
    pdf.once('end', resolve).once('error', reject);
  });
  drawTitlePage(pdf, report);
  pdf.addPage();
  for (const draw of sections) {
    await draw(pdf, report);
    await pause(signal);
  }
  drawMargins(pdf, report);
  pdf.end();
  await ended;
  return Buffer.concat(chunks);
}
