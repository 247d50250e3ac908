import {
  type ContractRules,
  fromContractRules,
  type JobTemplate,
  jobRules,
  toContractRules,
} from '@bonafide/core/models';
import type { StoredTemplate } from '../../stores/chain.ts';
import type { ChainLog, EventNamed } from '../contract-log.ts';
import { clip } from './place.ts';

/** Judges that a court takes at most; the templates contract takes any number. */
const MAX_JUDGES = 7;

/** The template after one more log. */
export function applyTemplateLog(
  stored: StoredTemplate | undefined,
  log: ChainLog,
): StoredTemplate | undefined {
  const base = log.eventName === 'TemplateCreated' ? created(log) : stored;
  if (base === undefined) return undefined;
  const { blockNumber, transactionHash, time } = log;
  const place = { blockNumber: String(blockNumber), transactionHash, updatedAt: time };
  const next = changed(base, log);
  return { ...next, template: { ...next.template, ...place } };
}

function created(log: ChainLog & EventNamed<'TemplateCreated'>): StoredTemplate {
  const { templateId, creator } = log.args;
  const { blockNumber, transactionHash, time } = log;
  const { template, isUsable } = offered(log.args);
  const place = { blockNumber: String(blockNumber), transactionHash, createdAt: time, updatedAt: time };
  return { template: { templateId, creator, isActive: true, ...template, ...place }, isUsable };
}

function changed(stored: StoredTemplate, log: ChainLog): StoredTemplate {
  switch (log.eventName) {
    case 'TemplateUpdated': {
      const { template, isUsable } = offered(log.args);
      return { template: { ...stored.template, ...template }, isUsable };
    }
    case 'TemplateActivated':
      return { ...stored, template: { ...stored.template, isActive: log.args.active } };
    case 'TemplateTransferred':
      return { ...stored, template: { ...stored.template, creator: log.args.creator } };
    default:
      return stored;
  }
}

type Offered = EventNamed<'TemplateCreated' | 'TemplateUpdated'>['args'];

function offered({ name, metadataURI, feeBps, rules }: Offered): {
  readonly template: Pick<JobTemplate, 'name' | 'metadataUri' | 'feeBps' | 'rules'>;
  readonly isUsable: boolean;
} {
  const bounded: ContractRules = {
    ...rules,
    validators: rules.validators.slice(0, MAX_JUDGES),
    revalidators: rules.revalidators.slice(0, MAX_JUDGES),
  };
  const shown = fromContractRules(bounded);
  const isUsable = jobRules.safeParse(shown).success && isSame(toContractRules(shown), rules);
  return { template: { name: clip(name), metadataUri: clip(metadataURI), feeBps, rules: shown }, isUsable };
}

/** Nothing was lost on the way: the contracts compare the hash of all of it. */
function isSame(one: ContractRules, other: ContractRules): boolean {
  const text = (rules: ContractRules) =>
    JSON.stringify(Object.entries(rules).toSorted(), (_, value) =>
      typeof value === 'bigint' ? String(value) : value,
    );
  return text(one) === text(other);
}
