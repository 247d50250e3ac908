import { BonafideError } from '@bonafide/core/errors';
import type { Command } from 'commander';
import { loadSettings } from '../connection.ts';
import type { Context, GlobalOptions } from '../context.ts';
import { removeToken, saveToken } from '../credentials.ts';
import { printable } from '../printable.ts';
import { askSecret } from '../prompt.ts';

/** A token that may only enrol cannot list approvals, but it is a token all the same. */
async function assertKnown(
  context: Context,
  entry: { readonly url: string; readonly token: string },
): Promise<void> {
  const { connect } = await import('@bonafide/core');
  try {
    await connect({ ...entry, signal: context.signal }).approvals.list({ limit: 1 });
  } catch (error) {
    if (BonafideError.is(error) && error.code === 'FORBIDDEN') return;
    throw error;
  }
}

async function login(context: Context, url: string): Promise<string> {
  const token = await askSecret(context, `Token for ${url}`);
  if (!token) throw new BonafideError('VALIDATION_FAILED', 'No token was given. Type it, or pipe it in.');
  await assertKnown(context, { url, token });
  const path = await saveToken(context.home, { url, token });
  return `Signed in to ${url}. The token is in ${path}, readable by you only.`;
}

async function join(context: Context, url: string): Promise<string> {
  const invitation = await askSecret(context, `Invitation to ${url}`);
  if (!invitation)
    throw new BonafideError('VALIDATION_FAILED', 'No invitation was given. Type it, or pipe it in.');
  const { connect } = await import('@bonafide/core');
  const joined = await connect({ url, signal: context.signal }).members.join({ invitation });
  const path = await saveToken(context.home, { url, token: joined.token.secret });
  const { name, role, workspace } = joined.member;
  return `Welcome ${printable(name)}: ${role} of ${printable(workspace)}. Your token is in ${path}, readable by you only.`;
}

async function logout(context: Context, url: string): Promise<string> {
  const isRemoved = await removeToken(context.home, url);
  return isRemoved
    ? `Signed out of ${url}. The token itself still works: revoke it with tokens revoke.`
    : `There was no token for ${url}.`;
}

interface Entry {
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  readonly run: (context: Context, url: string) => Promise<string>;
}

const entries: readonly Entry[] = [
  {
    name: 'login',
    summary: 'keep your token for a gateway',
    description: 'Reads a token without showing it (or from a pipe), checks it, and keeps it in ~/.bonafide.',
    run: login,
  },
  {
    name: 'join',
    summary: 'accept an invitation to a workspace',
    description:
      'Reads an invitation without showing it (or from a pipe), turns it into your token, once, and keeps that in ~/.bonafide.',
    run: join,
  },
  {
    name: 'logout',
    summary: 'forget your token for a gateway',
    description: 'Removes the token from ~/.bonafide. It is not revoked.',
    run: logout,
  },
];

/** `bonafide login`, `join` and `logout`: which token a person acts with on one gateway. */
export function addLogin(program: Command, context: Context): void {
  for (const { name, summary, description, run } of entries) {
    program
      .command(name)
      .summary(summary)
      .description(description)
      .action(async (_options, command: Command) => {
        const { transport } = await loadSettings(context, command.optsWithGlobals<GlobalOptions>());
        context.stdout.write(`${await run(context, transport.url)}\n`);
      });
  }
}
