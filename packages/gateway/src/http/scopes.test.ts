import { readFileSync } from 'node:fs';
import type { Member, Token } from '@bonafide/core/models';
import { operationList, type Scope } from '@bonafide/core/operations';
import { describe, expect, it } from 'vitest';
import type { Principal } from '../context.ts';
import { authorize, isGranted, type Role } from './scopes.ts';

const page = new URL('../../../../docs/people.md', import.meta.url);
const roles: readonly Role[] = [
  'owner',
  'approver',
  'auditor',
  'member',
  'reader',
  'enrolment',
  'agent',
  'task',
];

const scopes = [
  ...new Set(
    operationList.flatMap((operation) =>
      operation.kind !== 'local' && operation.access.startsWith('workspace:')
        ? [operation.access as Scope]
        : [],
    ),
  ),
].sort();

/** Rows of the table of docs/people.md: the scope, then a mark for each role that has it. */
function documented(): Map<string, readonly Role[]> {
  const lines = readFileSync(page, 'utf8').split('\n');
  const header = lines.findIndex((line) => line.startsWith('| Scope |'));
  const cells = (line: string) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
  const columns = cells(lines[header] ?? '').slice(1) as Role[];
  const end = lines.findIndex((line, index) => index > header && !line.startsWith('|'));
  return new Map(
    lines.slice(header + 2, end).map((line) => {
      const [scope = '', ...marks] = cells(line);
      return [scope.replaceAll('`', ''), columns.filter((_, index) => marks[index] === '✓')];
    }),
  );
}

const bearer = (role: Token['role'], memberRole?: Member['role']): Principal => ({
  kind: 'token',
  token: { role } as Token,
  ...(memberRole ? { member: { role: memberRole } as Member } : {}),
});

describe('scopes', () => {
  it('are all in the table, and every row of it is one of an operation', () => {
    expect([...documented().keys()]).toEqual(scopes.map((scope) => scope.slice('workspace:'.length)));
    for (const scope of scopes) expect(isGranted('owner', scope), scope).toBe(true);
  });

  it('are granted as the page says', () => {
    const granted = scopes.map((scope) => [
      scope.slice('workspace:'.length),
      roles.filter((role) => isGranted(role, scope)),
    ]);
    expect(Object.fromEntries(granted)).toEqual(
      Object.fromEntries(
        [...documented()].map(([scope, who]) => [scope, roles.filter((role) => who.includes(role))]),
      ),
    );
  });

  it('that nobody wrote down are granted to nobody', () => {
    for (const role of roles) expect(isGranted(role, 'workspace:secrets.read')).toBe(false);
  });

  it('of agents never reach people, tokens, webhooks, or a decision about themselves', () => {
    const forbidden = scopes.filter((scope) => /members|tokens|webhooks|(?<!agents)\.manage/.test(scope));
    expect(forbidden.length).toBeGreaterThan(9);
    for (const scope of forbidden) expect(isGranted('agent', scope), scope).toBe(false);
  });

  it('of an enrolment token are none', () => {
    for (const scope of scopes) expect(isGranted('enrolment', scope)).toBe(false);
  });

  it('of a person are those that the token and the person both have', () => {
    const may = (principal: Principal, scope: Scope) => {
      try {
        authorize(principal, scope);
        return true;
      } catch {
        return false;
      }
    };
    expect([
      may(bearer('owner', 'owner'), 'workspace:tokens.manage'),
      may(bearer('owner', 'approver'), 'workspace:tokens.manage'),
      may(bearer('owner', 'approver'), 'workspace:approvals.manage'),
      may(bearer('auditor', 'owner'), 'workspace:approvals.manage'),
      may(bearer('auditor', 'owner'), 'workspace:audit.manage'),
      may(bearer('auditor', 'approver'), 'workspace:audit.manage'),
      may(bearer('auditor', 'approver'), 'workspace:audit.read'),
    ]).toEqual([true, false, true, false, true, false, true]);
  });
});
