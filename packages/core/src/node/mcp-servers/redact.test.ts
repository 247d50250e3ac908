// biome-ignore-all lint/suspicious/noTemplateCurlyInString: configuration files write references so.
import { describe, expect, it } from 'vitest';
import { redactArgs, redactText, redactUrl } from './redact.ts';

const S = 'hunter2-Zx9';

describe('redaction of arguments', () => {
  it.each<[readonly string[], readonly string[]]>([
    [[`--api-key=${S}`], ['--api-key=[redacted]']],
    [[`--apiKey=${S}`], ['--apiKey=[redacted]']],
    [
      ['--token', S, '--verbose'],
      ['--token', '[redacted]', '--verbose'],
    ],
    [
      ['--access-token', `-${S}`],
      ['--access-token', '[redacted]'],
    ],
    [
      ['--token', '--verbose'],
      ['--token', '--verbose'],
    ],
    [
      ['--github-personal-access-token', S],
      ['--github-personal-access-token', '[redacted]'],
    ],
    [[`-password=${S}`], ['-password=[redacted]']],
    [[`postgres://app:${S}@db.test:5432/shop`], ['postgres://db.test:5432/shop']],
    [[`postgres://app:p@ss/${S}@db.test/shop`], ['postgres://db.test/shop']],
    [[`mongodb+srv://u:${S}@c.test/?retryWrites=true&k=${S}`], ['mongodb+srv://c.test/']],
    [[`--url=https://${S}@x.test/mcp?key=${S}#${S}`], ['--url=https://x.test/mcp']],
    [
      ['-e', `GITHUB_TOKEN=${S}`, 'image'],
      ['-e', 'GITHUB_TOKEN=[redacted]', 'image'],
    ],
    [
      ['-e', `ANYTHING=${S}`],
      ['-e', 'ANYTHING=[redacted]'],
    ],
    [
      ['-e', 'GITHUB_TOKEN', 'image'],
      ['-e', 'GITHUB_TOKEN', 'image'],
    ],
    [[`--env=ANYTHING=${S}`], ['--env=ANYTHING=[redacted]']],
    [
      ['--header', `X-Custom: ${S}`],
      ['--header', 'X-Custom: [redacted]'],
    ],
    [
      ['--header', `Authorization:Bearer ${S}`],
      ['--header', 'Authorization: [redacted]'],
    ],
    [[`API_KEY=${S}`], ['API_KEY=[redacted]']],
    [
      ['-c', `TOKEN=${S} exec node server.js`],
      ['-c', 'TOKEN=[redacted] exec node server.js'],
    ],
    [
      ['-c', `node server.js --api-key ${S} --port 80`],
      ['-c', 'node server.js --api-key [redacted] --port 80'],
    ],
    [[`{"apiKey":"${S}","port":80}`], ['{"apiKey":[redacted],"port":80}']],
    [[`Server=db;User=sa;Password=${S};Encrypt=yes`], ['Server=db;User=sa;Password=[redacted];Encrypt=yes']],
    [['ghp_0123456789abcdefABCD'], ['[redacted]']],
    [['bft_abcdefgh'], ['[redacted]']],
    [['whsec_abcdefgh'], ['[redacted]']],
    [['sk-ant-REDACTED'], ['[redacted]']],
    [['0f1e2d3c4b5a69788796a5b4c3d2e1f0'], ['[redacted]']],
    [['--key=${MY_KEY}'], ['--key=${MY_KEY}']],
    [
      ['--token', '${GITHUB_TOKEN}'],
      ['--token', '${GITHUB_TOKEN}'],
    ],
    [
      ['--token', `\${GITHUB_TOKEN:-${S}}`],
      ['--token', '${GITHUB_TOKEN:-[redacted]}'],
    ],
    [[`\${ANY:-${S}}`], ['${ANY:-[redacted]}']],
    [
      ['--header', 'Authorization: Bearer ${TOKEN}'],
      ['--header', 'Authorization: Bearer ${TOKEN}'],
    ],
  ])('%j', (args, shown) => {
    expect(redactArgs(args)).toEqual(shown);
    expect(JSON.stringify(redactArgs(args))).not.toContain(S);
  });

  it.each([
    ['-y', '@modelcontextprotocol/server-filesystem', '/home/a/Documents'],
    ['--port', '8080', '--keyboard', 'de', '--author', 'me', '--monkey=1'],
    ['C:\\Users\\a\\AppData\\Roaming\\npm\\node_modules\\server\\dist\\index.js'],
    ['mcp-remote', 'https://mcp.test/sse', '--transport', 'http-only'],
    ['run', '--rm', '-i', 'ghcr.io/github/github-mcp-server:v1.2.3'],
    ['--directory', '/srv/very/long/path/that/is/no/secret/at/all/2026', 'run', 'server.py'],
    ['https://registry.test/@scope/package'],
  ])('leaves alone %s', (...args) => expect(redactArgs(args)).toEqual(args));
});

describe('redaction of URLs', () => {
  it.each([
    [`https://u:${S}@x.test:8443/mcp?api_key=${S}#${S}`, 'https://x.test:8443/mcp'],
    [`https://${S}@x.test`, 'https://x.test'],
    [`https://u:${S}/a@x.test/mcp`, 'https://x.test/mcp'],
    ['https://x.test/s/0f1e2d3c4b5a69788796a5b4c3d2e1f0/mcp', 'https://x.test/s/[redacted]/mcp'],
    ['https://x.test/@scope/mcp', 'https://x.test/@scope/mcp'],
    ['http://[::1]:3000/mcp', 'http://[::1]:3000/mcp'],
    ['${BASE_URL}/mcp', '${BASE_URL}/mcp'],
    [`\${BASE_URL:-https://u:${S}@x.test}/mcp`, '${BASE_URL:-[redacted]}/mcp'],
    [`https://x.test/mcp?key=\${KEY:-${S}}`, 'https://x.test/mcp'],
  ])('%s', (url, shown) => expect(redactUrl(url)).toBe(shown));
});

describe('redaction of texts', () => {
  it('finds bearer tokens and keys anywhere', () => {
    expect(redactText(`got Bearer ${S}!`)).toBe('got Bearer [redacted]!');
    expect(redactText('-----BEGIN PRIVATE KEY-----\nabc')).toBe('[redacted]');
  });

  it('ends on hostile texts', () => {
    for (const unit of ['-', 'key', 'token=', 'a://', '${', '"', 'pass-', '@', 'key '])
      expect(redactArgs([unit.repeat(2000 / unit.length)])).toHaveLength(1);
  });
});
