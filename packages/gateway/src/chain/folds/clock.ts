import type { Pause } from '../../stores/chain.ts';
import { toSeconds } from '../clock.ts';
import type { ChainLog } from '../contract-log.ts';

/** The pause that a log began or ended earlier than announced. */
export function applyClockLog(pauses: readonly Pause[], log: ChainLog): Pause | undefined {
  const at = toSeconds(log.time);
  if (log.eventName === 'Paused') return { startedAt: at, endedAt: Number(log.args.until) };
  const last = pauses.at(-1);
  return log.eventName === 'Unpaused' && last ? { ...last, endedAt: at } : undefined;
}
