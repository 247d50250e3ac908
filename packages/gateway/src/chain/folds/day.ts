import type { DayFigures } from '../../stores/chain.ts';
import type { ChainLog, EventName } from '../contract-log.ts';

type Sum = 'fundedUnits' | 'paidUnits' | 'refundedUnits' | 'feesUnits';
type Count = 'created' | 'funded' | 'completed' | 'rejected' | 'expired' | 'disputed';

const counts: Readonly<Partial<Record<EventName, Count>>> = {
  JobCreated: 'created',
  JobCompleted: 'completed',
  JobRejected: 'rejected',
  JobDeclined: 'rejected',
  JobExpired: 'expired',
  DisputeOpened: 'disputed',
};

/** Of a day on which nothing happened. */
export const noFigures: DayFigures = {
  ...{ created: 0, funded: 0, completed: 0, rejected: 0, expired: 0, disputed: 0 },
  ...{ fundedUnits: '0', paidUnits: '0', refundedUnits: '0', feesUnits: '0' },
};

/** The figures of a day after one more log; undefined when the log counts for nothing. */
export function applyDayLog(figures: DayFigures = noFigures, log: ChainLog): DayFigures | undefined {
  switch (log.eventName) {
    case 'JobFunded':
      return {
        ...figures,
        funded: figures.funded + 1,
        fundedUnits: add(figures.fundedUnits, log.args.amount),
      };
    case 'PaymentReleased':
      return { ...figures, paidUnits: add(figures.paidUnits, log.args.amount) };
    case 'Refunded':
      return { ...figures, refundedUnits: add(figures.refundedUnits, log.args.amount) };
    case 'PlatformFeePaid':
      return { ...figures, feesUnits: add(figures.feesUnits, log.args.amount) };
    case 'JobCancelled':
      return counted(figures, log.args.providerAmount === 0n ? 'rejected' : 'completed');
    default: {
      const name = counts[log.eventName];
      return name && counted(figures, name);
    }
  }
}

/** Several days in one. */
export function addFigures(one: DayFigures, other: DayFigures): DayFigures {
  return combine(one, other, 1);
}

/** A day without some of what it counted. */
export function subtractFigures(one: DayFigures, other: DayFigures): DayFigures {
  return combine(one, other, -1);
}

/** Whether nothing happened. */
export function isNothing(figures: DayFigures): boolean {
  return Object.values(figures).every((value) => Number(value) === 0);
}

function combine(one: DayFigures, other: DayFigures, sign: 1 | -1): DayFigures {
  const sum = (name: Count) => one[name] + sign * other[name];
  const units = (name: Sum) => add(one[name], BigInt(sign) * BigInt(other[name]));
  return {
    ...{ created: sum('created'), funded: sum('funded'), completed: sum('completed') },
    ...{ rejected: sum('rejected'), expired: sum('expired'), disputed: sum('disputed') },
    ...{ fundedUnits: units('fundedUnits'), paidUnits: units('paidUnits') },
    ...{ refundedUnits: units('refundedUnits'), feesUnits: units('feesUnits') },
  };
}

function counted(figures: DayFigures, name: Count): DayFigures {
  return { ...figures, [name]: figures[name] + 1 };
}

function add(units: string, more: bigint): string {
  return String(BigInt(units) + more);
}
