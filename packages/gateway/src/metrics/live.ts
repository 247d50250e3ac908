import { type MetricReport, metricSample } from '@bonafide/core/models';
import { z } from 'zod';
import type { Services } from '../context.ts';
import { readJson } from '../json.ts';

/** What is posted of measurements: the body is read only by who follows them. */
interface PostedMetric {
  readonly source: string;
  readonly atMs: number;
  /** JSON text. */
  readonly body: string;
}

/** Measurements of a workspace as they come. */
export function metricSubject(workspace: string): string {
  return `metric/${workspace}`;
}

/** Tells who follows the measurements of a workspace, on whichever gateway. */
export function tellMetric(
  { bus, now }: Services,
  { workspace, source, body }: { readonly workspace: string; readonly source: string; readonly body: string },
): void {
  const posted: PostedMetric = { source, atMs: now(), body };
  bus.post(metricSubject(workspace), JSON.stringify(posted));
}

const typed = z.object({ samples: z.array(metricSample).max(1024).default([]), raw: z.json().optional() });

/** What was posted as a report: samples where there are some, else anything that it is as `raw`. */
export function readMetric(text: string): MetricReport | undefined {
  const { source, atMs, body } = JSON.parse(text) as PostedMetric;
  const at = new Date(atMs).toISOString();
  // Bodies pass through unread, so this may be none.
  const value: MetricReport['raw'] = readJson(body);
  if (value === undefined) return undefined;
  const { success, data } = typed.safeParse(value);
  if (!success) return { source, at, samples: [], raw: value };
  const { samples, raw } = data;
  return { source, at, samples, ...(raw === undefined ? {} : { raw }) };
}
