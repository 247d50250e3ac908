import { vi } from 'vitest';
import type { Answer } from './scripted-server.ts';
import { problem } from './scripted-server.ts';

const now = '2026-01-01T00:00:00Z';

export function agentRecord(did: string, rest: Readonly<Record<string, unknown>> = {}) {
  return {
    agentId: '0197a000-0000-7000-8000-000000000001',
    did,
    name: 'weather-agent',
    agentType: 'ai_agent',
    description: '',
    capabilities: [],
    status: 'active',
    isListed: false,
    workspace: 'default',
    previousDids: [],
    createdAt: now,
    updatedAt: now,
    ...rest,
  };
}

export function actionRecord(rest: Readonly<Record<string, unknown>> = {}) {
  return {
    actionId: '0197a000-0000-7000-8000-000000000002',
    workspace: 'default',
    agentId: '0197a000-0000-7000-8000-000000000001',
    action: 'jobs.fund',
    parameters: {},
    parametersDigest: '',
    risk: 'high',
    status: 'approved',
    reason: 'rule',
    receipt: { origin: 'log', sequence: 1, leafHash: `${'A'.repeat(43)}=`, at: now, signature: '' },
    createdAt: now,
    updatedAt: now,
    ...rest,
  };
}

/** Answers by `METHOD /path`; each route plays its own script, the last step for ever. */
export function routes(table: Readonly<Record<string, Answer | readonly Answer[]>>): Answer {
  const played = new Map<string, number>();
  return (request) => {
    const route = `${request.method} ${request.url.split('?')[0]}`;
    const script = [table[route] ?? problem('NOT_FOUND', 404, { detail: `no route ${route}` })].flat();
    const turn = played.get(route) ?? 0;
    played.set(route, turn + 1);
    return script[Math.min(turn, script.length - 1)]?.(request);
  };
}

/** Each look at the clock is a minute later, so that what is offered again for a while gives up at once. */
export function hurryTime(): void {
  let now = Date.now();
  vi.spyOn(Date, 'now').mockImplementation(() => {
    now += 60_000;
    return now;
  });
}
