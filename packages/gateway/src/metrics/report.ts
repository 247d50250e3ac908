import { formatAddress, type MetricReport, type MetricSample } from '@bonafide/core/models';
import type { Context } from '../context.ts';
import { sendMessage } from '../messages/calls.ts';
import { placeOf } from '../sessions/place.ts';

/** Sends measurements to the metrics bridges of the caller's workspace, as a message to `metric::<workspace>` does. */
export async function reportMetrics(
  context: Context,
  { samples, raw }: { readonly samples: readonly MetricSample[]; readonly raw?: MetricReport['raw'] },
): Promise<{ accepted: number }> {
  const at = context.now();
  const body = {
    samples: samples.map((sample) => ({ ...sample, at: sample.at ?? at })),
    ...(raw === undefined ? {} : { raw }),
  };
  const { workspace } = placeOf(context);
  await sendMessage(context, { to: formatAddress({ type: 'metrics', workspace }), kind: 'metric', body });
  return { accepted: samples.length + (raw === undefined ? 0 : 1) };
}
