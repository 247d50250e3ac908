import { REDACTED, TOKEN_PREFIX } from '../../models/redacted.ts';
import { isSecretName } from './secret-names.ts';

const environmentFlag = /^(?:-e|--env|--build-arg)$/;
const headerFlag = /^(?:-H|--header)$/;

// A reference names a variable, which is no secret; its default may be one.
const reference = /^(?:Bearer\s+)?(?:\$\{[\w:.-]+?\}|\$\w+|%\w+%)$/i;
const defaulted = /\$\{(\w+):-[^}]*\}/g;

const url = /(?<![a-z0-9+.-])[a-z][a-z0-9+.-]*:\/\/[^\s"'`<>]+/gi;
const bearer = /\b(Bearer|Basic)\s+([\w.~+/=-]{6,})/gi;
// Arguments are shown to people, who lose little when a word that is none is hidden: wider than what the log goes by.
const tokenShape = new RegExp(
  String.raw`(?:${TOKEN_PREFIX}|gh[a-z]_|sk_|pk_|rk_|xox[a-z]-|AIza|AKIA|ASIA|eyJ|secret_)[\w.~+/=-]{8,}`,
  'g',
);
const longRandom = /(?<![\w+/=.@-])(?=[\w+=-]*\d)(?=[\w+=-]*[a-zA-Z])[\w+=-]{24,}(?![\w+/=.@-])/g;
const pemBlock = /-----BEGIN[\s\S]*/g;

/** Arguments without the secrets in them: values of flags, variables and headers that sound like one, and in URLs. */
export function redactArgs(args: readonly string[]): string[] {
  return args.map((arg, index) => redactArg(arg, args[index - 1] ?? ''));
}

/** Any text without what looks like a secret in it. */
export function redactText(text: string): string {
  return redactPairs(text.replace(defaulted, `\${$1:-${REDACTED}}`).replace(url, redactUrl))
    .replace(bearer, `$1 ${REDACTED}`)
    .replace(tokenShape, REDACTED)
    .replace(pemBlock, REDACTED)
    .replace(longRandom, REDACTED);
}

/** A URL without user, password, query and fragment, and without parts of the path that look like keys. */
export function redactUrl(text: string): string {
  const [, scheme = '', rest = ''] = /^([a-z][a-z0-9+.-]*:\/\/)?([\s\S]*)$/i.exec(text) ?? [];
  const [location = ''] = rest.replace(defaulted, `\${$1:-${REDACTED}}`).split(/[?#]/);
  const [host = '', ...path] = withoutUser(location).split('/');
  const shown = path.map((part) => part.replace(tokenShape, REDACTED).replace(longRandom, REDACTED));
  return scheme + [host, ...shown].join('/');
}

// A password may hold what ends an authority: then all before the last @ goes.
function withoutUser(location: string): string {
  const [authority = ''] = location.split('/');
  const bare = authority.replace(/\$\{[^}]*\}|\[[^\]]*\]/g, '');
  const isUser = bare.includes('@') || /:(?!\d*$)/.test(bare);
  return isUser ? location.slice(location.lastIndexOf('@') + 1) : location;
}

function redactArg(arg: string, before: string): string {
  if (environmentFlag.test(before)) return redactValue(arg, '=');
  if (headerFlag.test(before)) return redactValue(arg, ':');
  const followsSecretFlag = /^-[^=]*$/.test(before) && isSecretName(before);
  if (followsSecretFlag && !/^--[a-z]/i.test(arg)) return hide(arg);
  const at = arg.indexOf('=');
  const flag = arg.slice(0, at);
  if (at > 0 && environmentFlag.test(flag)) return `${flag}=${redactValue(arg.slice(at + 1), '=')}`;
  if (at > 0 && headerFlag.test(flag)) return `${flag}=${redactValue(arg.slice(at + 1), ':')}`;
  return redactText(arg);
}

/** `name=value`, `name: value`, `--name value` and `"name":"value"` anywhere in a text. */
function redactPairs(text: string): string {
  const name = /[\w.-]+/g;
  const separated = /["']?\s*[=:]\s*/y;
  const spaced = /\s+/y;
  const value = /\$\{[^}]*\}(?=[\s;&,}"']|$)|"[^"]*"?|'[^']*'?|[^\s;&,}"']+/y;
  let shown = '';
  let done = 0;
  for (let match = name.exec(text); match; match = name.exec(text)) {
    const end = name.lastIndex;
    if (!isSecretName(match[0])) continue;
    const separator =
      matchAt(separated, { text, at: end }) ??
      (match[0].startsWith('-') && matchAt(spaced, { text, at: end }));
    if (!separator) continue;
    const from = end + separator.length;
    const found = matchAt(value, { text, at: from });
    if (!found) continue;
    shown += text.slice(done, from) + hide(found);
    done = from + found.length;
    name.lastIndex = done;
  }
  return shown + text.slice(done);
}

function matchAt(
  pattern: RegExp,
  { text, at }: { readonly text: string; readonly at: number },
): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

function redactValue(text: string, separator: '=' | ':'): string {
  const at = text.indexOf(separator);
  if (at < 0) return redactText(text);
  return `${text.slice(0, at + 1)}${separator === ':' ? ' ' : ''}${hide(text.slice(at + 1).trim())}`;
}

function hide(value: string): string {
  const shown = value.replace(defaulted, `\${$1:-${REDACTED}}`);
  if (shown !== value && /^\$\{\w+:-\[redacted\]\}$/.test(shown)) return shown;
  return reference.test(value) ? value : REDACTED;
}
