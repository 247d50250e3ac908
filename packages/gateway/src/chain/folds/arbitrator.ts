import { formatUsdc, parseUsdc } from '@bonafide/core/models';
import type { StoredArbitrator } from '../../stores/chain.ts';
import { toTime } from '../clock.ts';
import type { ChainLog, EventNamed } from '../contract-log.ts';
import { positionOf } from './place.ts';

/** What a seat costs at least, as in the pool: who was slashed below it is drawn no more. */
const MIN_STAKE = 100_000_000n;

type Fields = StoredArbitrator['arbitrator'];

/** The arbitrator after one more log. */
export function applyArbitratorLog(
  stored: StoredArbitrator | undefined,
  log: ChainLog,
): StoredArbitrator | undefined {
  if (log.eventName === 'ArbitratorJoined') return joined(stored, log);
  if (stored === undefined) return undefined;
  const next = changed(stored.arbitrator, log);
  return { ...stored, arbitrator: withStatus(next) };
}

function joined(
  stored: StoredArbitrator | undefined,
  log: ChainLog & EventNamed<'ArbitratorJoined'>,
): StoredArbitrator {
  const { arbitrator: address, stake } = log.args;
  const { ruled = 0, missed = 0, earnedUsdc = '0' } = stored?.arbitrator ?? {};
  // What it ruled and missed stays on record when it comes back.
  const record = { ruled, missed, earnedUsdc };
  const seat = { address, status: 'active' as const, stakeUsdc: formatUsdc(stake), since: log.time };
  return { arbitrator: withStatus({ ...seat, ...record }), position: stored?.position ?? positionOf(log) };
}

function changed(arbitrator: Fields, log: ChainLog): Fields {
  switch (log.eventName) {
    case 'StakeAdded':
    case 'ArbitratorSlashed':
      return { ...arbitrator, stakeUsdc: formatUsdc(log.args.stake) };
    case 'LeaveRequested':
      return { ...arbitrator, leaveFrom: toTime(log.args.leaveFrom) };
    case 'LeaveWithdrawn':
      return staying(arbitrator);
    case 'ArbitratorLeft':
      return { ...staying(arbitrator), status: 'left', stakeUsdc: '0' };
    case 'ArbitratorMissed':
      return { ...arbitrator, missed: arbitrator.missed + 1 };
    case 'Ruled':
      return { ...arbitrator, ruled: arbitrator.ruled + 1 };
    case 'JudgePaid': {
      const earned = parseUsdc(arbitrator.earnedUsdc) + log.args.amount;
      return { ...arbitrator, earnedUsdc: formatUsdc(earned) };
    }
    default:
      return arbitrator;
  }
}

function staying({ leaveFrom, ...rest }: Fields): Fields {
  return rest;
}

function withStatus(arbitrator: Fields): Fields {
  if (arbitrator.status === 'left') return arbitrator;
  if (arbitrator.leaveFrom !== undefined) return { ...arbitrator, status: 'leaving' };
  const isEnough = parseUsdc(arbitrator.stakeUsdc) >= MIN_STAKE;
  return { ...arbitrator, status: isEnough ? 'active' : 'understaked' };
}
