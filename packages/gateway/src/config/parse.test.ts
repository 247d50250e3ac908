import { inspect } from 'node:util';
import { ValidationError } from '@bonafide/core/errors';
import { describe, expect, it } from 'vitest';
import { parseConfig } from './parse.ts';

function problems(env: Record<string, string>, file?: unknown): readonly { path: string; message: string }[] {
  try {
    parseConfig(env, file);
  } catch (error) {
    if (error instanceof ValidationError) return error.issues;
  }
  throw new Error('it was accepted');
}

describe('parseConfig', () => {
  it('has defaults that are safe: this machine only', () => {
    expect(parseConfig({})).toMatchObject({ host: '127.0.0.1', port: 4660, enrolment: 'open' });
  });

  it('puts the environment over the file', () => {
    const config = parseConfig(
      { BONAFIDE_PORT: '5000', BONAFIDE_RATE_LIMIT_BURST: '7' },
      { port: 1, rateLimit: { perSecond: 3, burst: 1 } },
    );
    expect(config).toMatchObject({ port: 5000, rateLimit: { perSecond: 3, burst: 7 } });
  });

  it('lists every problem at once, by the name the operator used', () => {
    const issues = problems(
      {
        BONAFIDE_PORT: 'many',
        BONAFIDE_ENROLMENT: 'maybe',
        BONAFIDE_PROT: '1',
        BONAFIDE_WHATEVER_THIS_IS: '1',
      },
      { trustedProxies: ['nowhere'], colour: 'red' },
    );
    expect(issues.map(({ path }) => path).sort()).toEqual([
      'BONAFIDE_PROT',
      'BONAFIDE_WHATEVER_THIS_IS',
      'colour',
      'enrolment (BONAFIDE_ENROLMENT)',
      'port (BONAFIDE_PORT)',
      'trustedProxies.0',
    ]);
    expect(issues.find(({ path }) => path === 'BONAFIDE_PROT')?.message).toContain(
      'did you mean BONAFIDE_PORT?',
    );
  });

  it('leaves the names of the SDK and of others alone', () => {
    expect(parseConfig({ BONAFIDE_URL: 'http://x', BONAFIDE_PRIVATE_KEY: 'x', PATH: '/bin' }).port).toBe(
      4660,
    );
  });

  it('asks for a public name when it listens to more than this machine, and then for tokens', () => {
    expect(problems({ BONAFIDE_HOST: '0.0.0.0' }).map(({ path }) => path)).toEqual([
      'publicUrl (BONAFIDE_PUBLIC_URL)',
    ]);
    const config = parseConfig({ BONAFIDE_HOST: '0.0.0.0', BONAFIDE_PUBLIC_URL: 'https://gateway.example' });
    expect(config.enrolment).toBe('token');
  });

  it('never shows a secret', () => {
    const config = parseConfig({ BONAFIDE_GATEWAY_KEY: 'do-not-show-me' });
    const shown = [JSON.stringify(config), String(config.privateKey), inspect(config, { depth: 9 })].join();
    expect(shown).not.toContain('do-not-show-me');
    expect(config.privateKey?.reveal()).toBe('do-not-show-me');
  });

  it('refuses a file that is no object', () => {
    expect(problems({}, [])).toHaveLength(1);
  });
});
