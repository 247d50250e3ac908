import { selectBackend } from '../backends/select.ts';
import { createTweetnaclBackend } from '../backends/tweetnacl.ts';
import { findNodeCrypto } from '../node-crypto.ts';
import { type ConformanceReport, createReport } from './report.ts';

/** What a browser, or a worker in it, tells the test about itself. */
export interface BrowserReport {
  readonly hasNodeCrypto: boolean;
  readonly selected: string;
  readonly reports: readonly ConformanceReport[];
}

declare global {
  var report: Promise<BrowserReport>;
}

async function createBrowserReport(): Promise<BrowserReport> {
  const selected = await selectBackend();
  const backends = new Map([selected, createTweetnaclBackend()].map((backend) => [backend.name, backend]));
  const reports: ConformanceReport[] = [];
  for (const backend of backends.values()) reports.push(await createReport(backend));
  return { hasNodeCrypto: findNodeCrypto() !== undefined, selected: selected.name, reports };
}

globalThis.report = createBrowserReport();
// In a worker nobody can read a global, so it is posted as well.
if (typeof document === 'undefined') globalThis.report.then((report) => globalThis.postMessage(report));
