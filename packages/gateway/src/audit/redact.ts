import { REDACTED, TOKEN_PREFIX } from '@bonafide/core/models';
import type { JsonObject } from '../json.ts';

type Json = JsonObject[string];

/** How much of the parameters of one action goes into the log; the digest is over all of them. */
const MAX_CHARACTERS = 4096;
const MAX_TEXT = 512;
const MAX_DEPTH = 8;

/** Names that mean a secret wherever they stand in a name, as in `dbPassword`, and those that do on their own only. */
const SECRET_PART =
  /passw|passphrase|secret|apikey|accesskey|privatekey|signingkey|encryptionkey|authorization|credential|cookie|socialsecurity|cardnumber|creditcard|mnemonic|seedphrase/;
const SECRET_NAME = /^(?:pass|pwd|pin|otp|cvv2?|cvc2?|auth|bearer|jwt|sessionid)$|(?:token|ssn)$/;

/**
 * Values that are secrets whatever their name: keys of well-known services, JWTs, PEM keys, passwords in URLs. An agent
 * chooses the value, so each part is linear: of a JWT, only a run that ends like one is looked into, and once.
 */
const SECRET_VALUE = new RegExp(
  String.raw`\b(?:${TOKEN_PREFIX})[\w-]{8}|` +
    /\bA[KS]IA[0-9A-Z]{16}\b|\bAIza[\w-]{30}|(?<![\w-])(?=[\w-]+\.[\w-]{8,}\.)[\w-]*?\beyJ[\w-]{8}|-----BEGIN [A-Z ]*PRIVATE KEY-----|\b(?:Bearer|Basic) [\w+/=.~-]{8}|:\/\/[^\s/:@]*:[^\s/@]+@/
      .source,
);

/** A text of an agent's own that is fit for the log and the stream, such as the error it reports. */
export function redactText(text: string): string {
  return SECRET_VALUE.test(text) ? REDACTED : text;
}

/**
 * A copy of parameters that is fit for the log: without what looks like a secret and without the fields that the workspace
 * names, and cut to a bounded size with a mark where something was left out.
 */
export function redactParameters(parameters: JsonObject, redactedFields: readonly string[]): JsonObject {
  const copier = createCopier(new Set(redactedFields.map(normalized)));
  return copier.object(parameters, 0);
}

function createCopier(fields: ReadonlySet<string>) {
  let left = MAX_CHARACTERS;
  const isSecretName = (name: string) => {
    const plain = normalized(name);
    return SECRET_PART.test(plain) || SECRET_NAME.test(plain) || fields.has(plain);
  };
  const text = (value: string): string => {
    if (redactText(value) === REDACTED) return REDACTED;
    const room = Math.min(MAX_TEXT, Math.max(left, 0));
    left -= Math.min(value.length, room);
    return value.length <= room
      ? value
      : `${value.slice(0, room).toWellFormed()}[cut: ${value.length - room} more]`;
  };
  const copy = (value: Json, depth: number): Json => {
    if (typeof value === 'string') return text(value);
    if (typeof value !== 'object' || value === null) return value;
    if (depth >= MAX_DEPTH) return '[cut: nested too deeply]';
    return Array.isArray(value) ? array(value, depth) : object(value, depth);
  };
  const array = (values: readonly Json[], depth: number): Json => {
    const copies: Json[] = [];
    for (const value of values) {
      if (left <= 0) return [...copies, `[cut: ${values.length - copies.length} more]`];
      left -= 8;
      copies.push(copy(value, depth + 1));
    }
    return copies;
  };
  const object = (values: JsonObject, depth: number): JsonObject => {
    const names = Object.keys(values);
    const copies: [string, Json][] = [];
    for (const name of names) {
      if (left <= 0) {
        copies.push(['[cut]', `${names.length - copies.length} more`]);
        break;
      }
      left -= 8;
      const value = values[name] ?? null;
      copies.push([text(name), isSecretName(name) && value !== null ? REDACTED : copy(value, depth + 1)]);
    }
    return Object.fromEntries(copies);
  };
  return { object };
}

/** `api_key`, `apiKey` and `API-KEY` are one name. */
function normalized(name: string): string {
  return name.toLowerCase().replace(/[\s_.-]/g, '');
}
