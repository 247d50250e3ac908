import type { Operation } from '@bonafide/core/operations';

/** What people say when they mean a noun without naming it. */
const SYNONYMS: Readonly<Record<string, readonly string[]>> = {
  actions: ['allowed', 'permission', 'permitted', 'verify'],
  agents: ['capability', 'capabilities'],
  approvals: ['approve', 'approved', 'pending'],
  artifacts: ['file', 'files', 'upload', 'cid', 'deliverable'],
  gateway: ['bonafide'],
  jobs: ['hire', 'escrow', 'deliver', 'delivered', 'delivery', 'refund', 'settle'],
  peers: ['connect', 'channel', 'intent', 'quote', 'execute'],
  reputation: ['record', 'rating', 'trust', 'trustworthy', 'feedback'],
  trust: ['trusted', 'score'],
  usdc: ['balance', 'money', 'funds'],
};

const singular = (noun: string): string => noun.replace(/ies$/i, 'y').replace(/s$/i, '');

/** Words of a message of which one must occur before an operation is worth offering. */
export function vocabularyOf(operation: Operation): ReadonlySet<string> {
  const [noun = ''] = operation.id.toLowerCase().split('.');
  return new Set([noun, singular(noun), ...(SYNONYMS[noun] ?? [])]);
}

/** Whether any word of the text is in the vocabulary; a cheap filter, the model still chooses. */
export function mentions(text: string, vocabulary: ReadonlySet<string>): boolean {
  return text
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .some((word) => vocabulary.has(word));
}

/** Other names a model may use: the words turned round, as in CREATE_JOB for JOBS_CREATE. */
export function similesOf(operation: Operation): string[] {
  const [noun = '', verb = ''] = operation.id
    .split('.')
    .map((part) => part.replace(/([A-Z])/g, '_$1').toUpperCase());
  return [...new Set([`${verb}_${singular(noun)}`, `${verb}_${noun}`, `BONAFIDE_${noun}_${verb}`])];
}
