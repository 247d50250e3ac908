import type { MetricReport } from '@bonafide/core/models';
import type { Context } from '../context.ts';
import type { StreamItem } from '../handlers/types.ts';
import { metricSubject, readMetric } from './live.ts';

/** Reports that a slow reader may have waiting; the oldest are left out then, for newer measurements replace them. */
const MAX_WAITING = 1000;

/** Each report of the caller's workspace from now on, whole or what of it has the name. */
export async function* watchMetrics(
  { services, workspace, session, signal }: Context,
  { name }: { readonly name?: string | undefined },
): AsyncGenerator<StreamItem<MetricReport>> {
  let waiting: string[] = [];
  let wake = () => {};
  const end = services.bus.listen(metricSubject(session?.workspace ?? workspace), (text) => {
    waiting.push(text);
    if (waiting.length > MAX_WAITING) waiting.shift();
    wake();
  });
  const onAbort = () => wake();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    while (!signal.aborted) {
      const reports = waiting;
      waiting = [];
      for (const text of reports) {
        const report = readMetric(text);
        const data = report && pick(report, name);
        if (data) yield { data };
      }
      if (waiting.length > 0 || signal.aborted) continue;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    end();
  }
}

function pick(report: MetricReport, name: string | undefined): MetricReport | undefined {
  if (name === undefined) return report;
  const { raw: _, ...rest } = report;
  const samples = report.samples.filter((sample) => sample.name === name);
  return samples.length === 0 ? undefined : { ...rest, samples };
}
