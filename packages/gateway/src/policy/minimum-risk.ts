import type { Risk, WorkspaceSettings } from '@bonafide/core/models';
import { operationList } from '@bonafide/core/operations';
import { canonicalName, matchesGlob } from '../glob.ts';
import { createMemo } from './memo.ts';

/** The least risk of an action, whatever the caller says. */
export interface MinimumRisk {
  readonly risk: Risk;
  /** Where it comes from, for people. */
  readonly from: string;
  /** False when nothing is known of the name: without a word of the caller it then counts as medium. */
  readonly isRated: boolean;
}

const ranks = { low: 0, medium: 1, high: 2, critical: 3 } as const satisfies Record<Risk, number>;

/** What an action is worth that neither the gateway, nor its workspace, nor the caller rates. */
const UNRATED: Risk = 'medium';

export function higherRisk(a: Risk, b: Risk): Risk {
  return ranks[b] > ranks[a] ? b : a;
}

/** The risks from one to another, both included. */
export function risksBetween(low: Risk, high: Risk): Risk[] {
  const all: readonly Risk[] = ['low', 'medium', 'high', 'critical'];
  return all.slice(ranks[low], ranks[high] + 1);
}

/** The risk an action is decided at: the caller may raise the minimum, never lower it. */
export function ratedRisk({ risk, isRated }: MinimumRisk, requested: Risk | undefined): Risk {
  return higherRisk(risk, requested ?? (isRated ? risk : UNRATED));
}

const remember = createMemo<MinimumRisk>(5000);

/** What the gateway and the workspace demand for a name. */
export function minimumRisk(action: string, rules: WorkspaceSettings['minimumRisks']): MinimumRisk {
  const name = canonicalName(action);
  const own = remember(action, () => ofOperation(name) ?? ofWords(readingsOf(action)) ?? UNKNOWN);
  return rules
    .filter((rule) => matchesGlob(rule.action, name))
    .map(({ action: pattern, risk }): MinimumRisk => {
      return { risk, from: `minimum of this workspace for ${pattern}`, isRated: true };
    })
    .reduce((a, b) => (!a.isRated || ranks[b.risk] > ranks[a.risk] ? b : a), own);
}

const UNKNOWN: MinimumRisk = { risk: 'low', from: 'nothing is known of this name', isRated: false };

// What runs in Bonafide itself is rated by its definition, exactly.
const operationRisks = new Map(
  operationList.map(({ id, risk }) => [canonicalName(id), risk === 'none' ? 'low' : risk] as const),
);

function ofOperation(name: string): MinimumRisk | undefined {
  const risk = operationRisks.get(name);
  return risk && { risk, from: 'definition of the operation', isRated: true };
}

const destroying = [
  'delete',
  'remove',
  'erase',
  'destroy',
  'purge',
  'wipe',
  'truncate',
  'drop',
  'shred',
  'kill',
];
const wholesale = ['all', 'every', 'everything', 'database', 'databases', 'schema', 'schemas'];
const running = [
  ...['exec', 'execute', 'shell', 'bash', 'powershell', 'sudo', 'eval', 'terminate', 'shutdown'],
];
const paying = ['pay', 'payout', 'transfer', 'withdraw', 'withdrawal', 'refund', 'remit', 'wire'];
const empowering = ['grant', 'revoke', 'impersonate', 'deploy', 'undeploy', 'rollback', 'uninstall'];
const sending = ['send', 'make', 'create', 'move', 'issue', 'submit', 'initiate', 'release'];
const money = ['payment', 'payments', 'money', 'funds', 'usdc', 'crypto'];

const dangerous = new Set([...destroying, ...running, ...paying, ...empowering]);
// Found also at the start of a word, where two were written as one: `deleteuser`.
const unmistakable = ['delete', 'destroy', 'truncate', 'withdraw', 'transfer', 'erase', 'purge'];

function ofWords(words: readonly string[]): MinimumRisk | undefined {
  const has = (list: readonly string[]) => words.find((word) => list.includes(word));
  const verb = words.find((word) => dangerous.has(word) || isJammed(word)) ?? (has(money) && has(sending));
  if (verb === undefined) return undefined;
  const destroys = destroying.some((each) => verb.startsWith(each));
  const whole =
    destroys && (has(wholesale) ?? words.find((word) => /(all|everything)$/.test(word) && isJammed(word)));
  return whole
    ? { risk: 'critical', from: `the words '${verb}' and '${whole}' in its name`, isRated: true }
    : { risk: 'high', from: `the word '${verb}' in its name`, isRated: true };
}

function isJammed(word: string): boolean {
  return unmistakable.some(
    (each) => word.startsWith(each) && !['s', 'd', 'ed', 'er'].includes(word.slice(each.length)),
  );
}

/** Its words, and what they are when capitals divide nothing: `dElEtE` is a word as well. */
function readingsOf(name: string): string[] {
  return [...new Set([...wordsOf(name), ...wordsOf(canonicalName(name)).filter(isKnown)])];
}

function isKnown(word: string): boolean {
  return dangerous.has(word) || wholesale.includes(word);
}

/** `deleteUser`, `db.delete_user` and `DELETE_ALL` as words in small letters. */
export function wordsOf(name: string): string[] {
  return name
    .normalize('NFKC')
    .replace(/(\p{Ll}|\d)(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .filter((word) => word !== '');
}
