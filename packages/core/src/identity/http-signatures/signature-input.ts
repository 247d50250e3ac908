import { BoundedCache } from '../bounded-cache.ts';
import { refusal } from '../refusal.ts';

/** One member of a `Signature-Input` header. `text` is the part that was signed, exactly as received. */
export interface SignatureInput {
  readonly label: string;
  readonly components: readonly string[];
  readonly parameters: SignatureParameters;
  readonly text: string;
}

export type SignatureParameters = Readonly<Record<string, string | number>>;

const KEY = '[a-z*][a-z0-9_.*-]*';
const VALUE = '(?:-?[0-9]{1,15}|"[ !#-[\\]-~]*")';
const MEMBER = new RegExp(`^(${KEY})=(\\(([^()]*)\\)((?:;${KEY}=${VALUE})*))$`);
// Clients send the same few lists again and again.
const knownLists = new BoundedCache<readonly string[]>(64);
const COMPONENT = /^"(@?[a-z0-9!#$%&'*+.^_`|~-]+)"$/;

/**
 * Parses a `Signature-Input` of one signature, as RFC 9421 section 2.3 serialises it. Of structured fields it takes what
 * request signatures use: plain component names, integers and strings without escapes. Everything else is refused, not
 * interpreted, so no two parsers can read the same header differently.
 */
export function parseSignatureInput(header: string): SignatureInput {
  const match = MEMBER.exec(header);
  if (!match) throw unreadable(header);
  const [, label = '', text = '', components = '', parameters = ''] = match;
  return {
    label,
    text,
    components: knownLists.getOrCreate(components, parseComponents),
    parameters: parseParameters(parameters),
  };
}

/** Writes the signed part: covered components and parameters, in the order given. */
export function formatSignatureParameters(
  components: readonly string[],
  parameters: Readonly<Record<string, string | number>>,
): string {
  const names = components.map((name) => `"${name}"`).join(' ');
  const pairs = Object.entries(parameters).map(
    ([key, value]) => `;${key}=${typeof value === 'number' ? value : `"${value}"`}`,
  );
  return `(${names})${pairs.join('')}`;
}

function parseComponents(text: string): readonly string[] {
  if (text === '') return [];
  const names = text.split(' ').map((quoted) => {
    const name = COMPONENT.exec(quoted)?.[1];
    if (name === undefined) throw refusal('unsupported-component', `Cannot read the component ${quoted}.`);
    return name;
  });
  if (new Set(names).size !== names.length)
    throw refusal('duplicate-component', 'A component is covered twice.');
  return Object.freeze(names);
}

// MEMBER has checked the grammar: a string holds no escape, so it ends at the next quotation mark.
function parseParameters(text: string): SignatureParameters {
  const parameters: Record<string, string | number> = {};
  for (let start = 0; start < text.length; ) {
    const equals = text.indexOf('=', start);
    const key = text.slice(start + 1, equals);
    if (Object.hasOwn(parameters, key))
      throw refusal('malformed', `The signature parameter '${key}' is there twice.`);
    const isString = text.charAt(equals + 1) === '"';
    const end = isString ? text.indexOf('"', equals + 2) + 1 : endOfNumber(text, equals);
    parameters[key] = isString ? text.slice(equals + 2, end - 1) : Number(text.slice(equals + 1, end));
    start = end;
  }
  return parameters;
}

function endOfNumber(text: string, from: number): number {
  const next = text.indexOf(';', from);
  return next < 0 ? text.length : next;
}

function unreadable(header: string): Error {
  const members = header.match(/(?:^|,)\s*[a-z*][a-z0-9_.*-]*=\(/g) ?? [];
  if (members.length > 1) return refusal('multiple-signatures', 'Send exactly one signature.');
  return refusal('malformed', 'The Signature-Input header cannot be read.');
}
