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
    expect(problems.join()).toContain('BONAFIDE_PRIVATEKEY is not known. Known are BONAFIDE_URL,');
    expect(problems.join()).not.toMatch(/secret/i);
  });

  it('does not take a name from the prototype for a known one', () => {
    expect(parseEnvironment({ BONAFIDE_toString: '1' }).problems).toHaveLength(1);
  });
});
