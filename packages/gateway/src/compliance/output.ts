import type { ComplianceReport, ReportFormat } from '@bonafide/core/models';
import { dayOf } from '../time.ts';
import { renderCsv } from './csv.ts';
import { renderPdf } from './pdf/render.ts';

/** A report in the form it was asked for. */
export interface ReportFile {
  readonly format: ReportFormat;
  readonly filename: string;
  readonly mediaType: string;
  readonly report?: ComplianceReport;
  readonly content?: string;
}

const MEDIA_TYPES: Readonly<Record<ReportFormat, string>> = {
  json: 'application/json',
  csv: 'text/csv; charset=utf-8',
  pdf: 'application/pdf',
};

/** Writes the report; PDF as base64. */
export async function toFile(
  report: ComplianceReport,
  { format, signal }: { format: ReportFormat; signal: AbortSignal },
): Promise<ReportFile> {
  const head = { format, filename: filenameOf(report, format), mediaType: MEDIA_TYPES[format] };
  if (format === 'json') return { ...head, report };
  if (format === 'csv') return { ...head, content: await renderCsv(report, signal) };
  return { ...head, content: (await renderPdf(report, signal)).toString('base64') };
}

// The last day that is in the period: `to` itself is not.
function filenameOf({ reportType, from, to }: ComplianceReport, format: ReportFormat): string {
  const last = new Date(Date.parse(to) - 1).toISOString();
  return `bonafide-${reportType}-${dayOf(from)}-${dayOf(last)}.${format}`;
}
