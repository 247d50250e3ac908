import type { Problem } from '@bonafide/core/problem';
import { type Bus, gatewaySubject } from '../bus/bus.ts';

/** What a gateway is told that holds a session which is to end. */
export interface EndOrder {
  readonly sessionId: string;
  /** Some seconds later, so that it can finish what it is doing. */
  readonly isGraceful: boolean;
  /** Given where the client is told beforehand. */
  readonly reason?: string | undefined;
  readonly problem: Problem;
}

// Others speak to gateways as well: only what begins so is for sessions.
const MARK = 'session.end ';

export function orderEnd(bus: Bus, gatewayId: string, order: EndOrder): void {
  bus.post(gatewaySubject(gatewayId), MARK + JSON.stringify(order));
}

export function readEndOrder(text: string): EndOrder | undefined {
  return text.startsWith(MARK) ? JSON.parse(text.slice(MARK.length)) : undefined;
}
