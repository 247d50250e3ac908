import { base64 } from '@scure/base';
import { BonafideError } from '../errors.ts';
import type { ComplianceReport } from '../models/compliance.ts';
import type { CallOptions, Client } from './types.ts';

interface ReportRequest {
  readonly reportType?: ComplianceReport['reportType'] | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly format?: 'json' | 'csv' | 'pdf' | undefined;
  readonly options: CallOptions | undefined;
}

/** The report itself, its text as CSV, or its bytes as PDF. */
export async function exportReport(
  client: Client,
  { reportType = 'soc2', format = 'json', from, to, options }: ReportRequest,
): Promise<ComplianceReport | string | Uint8Array> {
  const { report, content } = await client.compliance.report({ reportType, format, from, to }, options);
  const body = format === 'json' ? report : content;
  if (body === undefined) throw new BonafideError('INTERNAL', `The gateway sent no ${format} report.`);
  return format === 'pdf' && typeof body === 'string' ? base64.decode(body) : body;
}
