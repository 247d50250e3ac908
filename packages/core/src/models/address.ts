import { z } from 'zod';
import { BonafideError } from '../errors.ts';

/**
 * What may take part: `agent` (ag), `task` (tu, unique), `pooled-task` (ta, id given in the welcome), `user` (us, one window),
 * `orchestrator` (oc), `workflow-engine` (we), `metrics-bridge` (mb), `service` (sv) and `bridge` (br).
 */
export const principalType = z.enum([
  'agent',
  'task',
  'pooled-task',
  'user',
  'orchestrator',
  'workflow-engine',
  'metrics-bridge',
  'service',
  'bridge',
]);
export type PrincipalType = z.infer<typeof principalType>;

type Kind = readonly [prefix: string, ...fields: string[]];

/** Prefix and fields of every address, in the order in which they are written. */
const kinds = {
  agent: ['ag', 'workspace', 'implementation', 'specifier'],
  task: ['tu', 'workspace', 'implementation', 'specifier'],
  'pooled-task': ['ta', 'workspace', 'implementation', 'specifier'],
  user: ['us', 'user', 'window'],
  orchestrator: ['oc', 'workspace', 'implementation', 'specifier'],
  'workflow-engine': ['we', 'workspace', 'implementation', 'specifier'],
  'metrics-bridge': ['mb', 'workspace', 'implementation', 'specifier'],
  service: ['sv', 'implementation', 'specifier'],
  bridge: ['br', 'implementation', 'specifier'],
  /** One of the pooled tasks of an implementation: whichever is free. */
  pool: ['tb', 'workspace', 'implementation'],
  /** One of the instances of a service: whichever is there. */
  'any-service': ['sv', 'implementation'],
  'user-windows': ['uu', 'user'],
  /** The windows of a user that are in a workspace now. */
  'user-workspace': ['uw', 'user', 'workspace'],
  'all-agents': ['ga', 'workspace'],
  'all-users': ['gu', 'workspace'],
  /** The workflow engines of a workspace, with its workflow rules. */
  events: ['event', 'workspace'],
  /** The metrics bridges of a workspace. */
  metrics: ['metric', 'workspace'],
  progress: ['pg', 'workspace'],
} as const satisfies Readonly<Record<string, Kind>>;

type Kinds = typeof kinds;
type FieldsOf<Type extends keyof Kinds> = Kinds[Type] extends readonly [string, ...infer Fields]
  ? Extract<Fields[number], string>
  : never;

/** An address by its parts, such as `{ type: 'agent', workspace, implementation, specifier }`. */
export type Address = {
  readonly [Type in keyof Kinds]: { readonly type: Type } & { readonly [Field in FieldsOf<Type>]: string };
}[keyof Kinds];

export type AddressOf<Type extends Address['type']> = Extract<Address, { readonly type: Type }>;

/** An address of one principal, which can hold a session. */
export type PrincipalAddress = AddressOf<PrincipalType>;

const MAX_LENGTH = 640;
const MAX_PART_BYTES = 128;
// The separator is made of colons; the rest would be ambiguous in patterns, lines and logs.
const PART = /^[^\s\p{C}:*>]+$/u;
const encoder = new TextEncoder();

/** The canonical form, such as `ag::default::worker::01`; VALIDATION_FAILED for parts that no address can hold. */
export function formatAddress(address: Address): string {
  return write(address, '::');
}

/** The form with dots, such as `ag.default.worker.01`; VALIDATION_FAILED when a part holds a dot itself. */
export function formatDottedAddress(address: Address): string {
  const parts = partsOf(address);
  if (parts.some((part) => part.includes('.')))
    throw malformed('a part with a dot can be written with :: only');
  return write(address, '.');
}

/** Reads either form; VALIDATION_FAILED for anything that is not exactly one address. */
export function parseAddress(text: string): Address {
  if (text.length > MAX_LENGTH) throw malformed(`it has at most ${MAX_LENGTH} characters`);
  const [prefix = '', ...parts] = text.split(text.includes('::') ? '::' : '.');
  for (const [type, [wanted, ...fields]] of Object.entries<Kind>(kinds)) {
    if (wanted !== prefix || fields.length !== parts.length) continue;
    parts.forEach(assertPart);
    // The table above says that these fields make an address of this type.
    return { type, ...Object.fromEntries(fields.map((field, index) => [field, parts[index]])) } as Address;
  }
  throw malformed('it looks like ag::workspace::implementation::specifier');
}

/** Whether it names one principal rather than a group. */
export function isPrincipalAddress(address: Address): address is PrincipalAddress {
  return principalType.safeParse(address.type).success;
}

/** The workspace in the address; undefined for users, services and bridges, which are looked up in the sender's. */
export function workspaceOfAddress(address: Address): string | undefined {
  return 'workspace' in address && address.type !== 'user-workspace' ? address.workspace : undefined;
}

function write(address: Address, separator: string): string {
  const parts = partsOf(address);
  parts.forEach(assertPart);
  return [kinds[address.type][0], ...parts].join(separator);
}

function partsOf(address: Address): string[] {
  const [, ...fields] = kinds[address.type] as Kind;
  return fields.map((field) => String(Reflect.get(address, field)));
}

function assertPart(part: string): void {
  if (PART.test(part) && part.isWellFormed() && encoder.encode(part).length <= MAX_PART_BYTES) return;
  throw malformed(`each part has 1 to ${MAX_PART_BYTES} bytes without spaces, colons, * and >`);
}

function malformed(why: string): BonafideError {
  return new BonafideError('VALIDATION_FAILED', `This is not an address: ${why}.`);
}

/** Either form as the canonical one. */
export function canonicalAddress(text: string): string {
  return formatAddress(parseAddress(text));
}

/** An address in either form; `canonicalAddress` makes it the one that is compared. */
export const addressText = z
  .string()
  .max(MAX_LENGTH)
  .superRefine((text, context) => {
    try {
      parseAddress(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
    }
  })
  .meta({ description: 'Such as ag::default::worker::01, or ag.default.worker.01' });

/** One part of an address, such as an implementation. */
export const addressPart = z.string().max(MAX_PART_BYTES).regex(PART, 'must have no spaces, colons, * or >');
