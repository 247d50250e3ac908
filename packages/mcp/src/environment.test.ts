import { clientVariables, programVariables } from '@bonafide/core/node';
import { gatewayVariables } from '@bonafide/gateway/config';
import { describe, expect, it } from 'vitest';
import { parseEnvironment } from './environment.ts';

describe('parseEnvironment', () => {
  it('needs nothing', () => {
    expect(parseEnvironment({ PATH: '/bin' })).toMatchObject({
      environment: { agentName: 'mcp' },
      problems: [],
    });
  });

  it('takes an option that a desktop client leaves empty as absent', () => {
    expect(parseEnvironment({ BONAFIDE_PRIVATE_KEY: '', BONAFIDE_AGENT_NAME: '' })).toMatchObject({
      environment: { privateKey: undefined, agentName: 'mcp' },
      problems: [],
    });
  });

  it.each([`${'ab'.repeat(32)}`, 'A'.repeat(43), `${'A'.repeat(42)}_`, `${'A'.repeat(86)}`])(
    'takes the key %s',
    (key) => {
      expect(parseEnvironment({ BONAFIDE_PRIVATE_KEY: key }).problems).toEqual([]);
    },
  );

  it('lists every problem at once, names the variable and never shows its value', () => {
    const { problems } = parseEnvironment({
      BONAFIDE_URL: 'file:///secret-1',
      BONAFIDE_PRIVATE_KEY: 'secret-2',
      BONAFIDE_AGENT_NAME: 'Secret 3',
      BONAFIDE_ENROLMENT_TOKEN: 'secret 4',
      BONAFIDE_WALLET_KEY: '0xsecret5',
      BONAFIDE_RPC_URL: 'secret-6',
      BONAFIDE_MCP_TOKEN: 'secret-7',
      BONAFIDE_PRIVATEKEY: 'secret-8',
    });
    expect(problems).toHaveLength(8);
    expect(problems.join()).toContain('BONAFIDE_PRIVATEKEY is not known; did you mean BONAFIDE_PRIVATE_KEY?');
    expect(problems.join()).not.toMatch(/secret/i);
  });

  it('does not take a name from the prototype for a known one', () => {
    expect(parseEnvironment({ BONAFIDE_toString: '1' }).problems).toHaveLength(1);
  });

  it('leaves the variables of other programs of the same shell alone', () => {
    const names = [...clientVariables, ...programVariables, ...gatewayVariables];
    const { problems } = parseEnvironment(Object.fromEntries(names.map((name) => [name, ' '])));
    expect(problems.join()).not.toContain('is not known');
    expect(parseEnvironment({ BONAFIDE_TOKEN: 'anything', BONAFIDE_PORT: '4660' }).problems).toEqual([]);
  });

  it('lists what it reads when no known name is near', () => {
    const { problems } = parseEnvironment({ BONAFIDE_WHATEVER_THIS_IS_FOR: '1' });
    expect(problems.join()).toMatch(/is not known\. Known are BONAFIDE_URL, .*BONAFIDE_RETRY_ATTEMPTS\.$/);
  });

  it('reads the timeout in seconds, and the retries', () => {
    const env = { BONAFIDE_TIMEOUT: '1.5', BONAFIDE_RETRY_ATTEMPTS: '0' };
    expect(parseEnvironment(env)).toMatchObject({
      environment: { timeoutMs: 1500, retryAttempts: 0 },
      problems: [],
    });
    expect(parseEnvironment({}).environment).toMatchObject({
      timeoutMs: undefined,
      retryAttempts: undefined,
    });
  });

  it.each([
    ['BONAFIDE_TIMEOUT', ['0', '-1', 'soon', ' ', '3601', 'Infinity']],
    ['BONAFIDE_RETRY_ATTEMPTS', ['-1', '1.5', '11', 'many', ' ']],
  ])('refuses a wrong %s', (name, values) => {
    for (const value of values) expect(parseEnvironment({ [name]: value }).problems).toHaveLength(1);
  });
});
