import { BonafideError } from '@bonafide/core/errors';
import type { Command } from 'commander';
import { loadSettings } from '../connection.ts';
import type { Context, GlobalOptions } from '../context.ts';
import { saveToken } from '../credentials.ts';
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

/** `bonafide login`: keeps a person's token for one gateway. */
export function addLogin(program: Command, context: Context): void {
  program
    .command('login')
    .summary('keep your token for a gateway')
    .description('Reads a token without showing it (or from a pipe), checks it, and keeps it in ~/.bonafide.')
    .action(async (_options, command: Command) => {
      const { transport } = await loadSettings(context, command.optsWithGlobals<GlobalOptions>());
      const { url } = transport;
      const token = await askSecret(context, `Token for ${url}`);
      if (!token) throw new BonafideError('VALIDATION_FAILED', 'No token was given. Type it, or pipe it in.');
      await assertKnown(context, { url, token });
      const path = await saveToken(context.home, { url, token });
      context.stdout.write(`Signed in to ${url}. The token is in ${path}, readable by you only.\n`);
    });
}
