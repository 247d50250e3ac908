const wholeWords = new Set([
  'key',
  'auth',
  'pat',
  'pwd',
  'pass',
  'dsn',
  'jwt',
  'session',
  'cookie',
  'signature',
  'sig',
]);

const fragments =
  /password|passwd|passphrase|passcode|secret|token|credential|authorization|bearer|apikey|accesskey|privatekey|accountkey|connectionstring/;

/** Whether what has this name is likely a secret: `--api-key`, `githubToken`, `PGPASSWORD`, but not `--keyboard`. */
export function isSecretName(name: string): boolean {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  return words.some((word) => wholeWords.has(word.replace(/s$/, ''))) || fragments.test(words.join(''));
}
