import { CommanderError } from 'commander';
import type { Context } from './context.ts';
import { EXIT_FAILED, EXIT_INTERRUPTED, EXIT_OK, EXIT_USAGE, reportFailure, Unsatisfied } from './failure.ts';
import { createProgram } from './program.ts';
import { packageVersion } from './version.ts';

/** Runs one command line (without node and script) and gives its exit code. */
export async function run(args: readonly string[], context: Context): Promise<number> {
  const program = createProgram(context, packageVersion());
  try {
    await program.parseAsync([...args], { from: 'user' });
    return EXIT_OK;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_OK : EXIT_USAGE;
    if (error instanceof Unsatisfied) return EXIT_FAILED;
    if (context.signal.aborted) return EXIT_INTERRUPTED;
    return reportFailure(context, { cause: error, json: program.opts().json === true });
  }
}
