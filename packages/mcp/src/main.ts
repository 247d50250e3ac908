import { finished } from 'node:stream';
import { BonafideError } from '@bonafide/core/errors';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import type { AgentCaller } from './agent-caller.ts';
import { parseArguments, usage } from './arguments.ts';
import { catalog } from './catalog.ts';
import { type Environment, parseEnvironment } from './environment.ts';
import { createToolServer } from './tool-server.ts';
import { version } from './version.ts';

const EXIT_FAILURE = 1;
const EXIT_USAGE = 2;

// stdout belongs to the protocol.
const log = (line: string): void => void process.stderr.write(`bonafide-mcp: ${line}\n`);

/** Everything that costs time to load, the client above all, waits for the first call. */
function deferredCaller(environment: Environment): AgentCaller {
  let loading: Promise<AgentCaller> | undefined;
  return {
    callTool: async (id, input, signal) => {
      loading ??= import('./agent-caller.ts').then(({ createAgentCaller }) =>
        createAgentCaller(environment, log),
      );
      const { callTool } = await loading;
      return callTool(id, input, signal);
    },
    async [Symbol.asyncDispose]() {
      const caller = await loading;
      await caller?.[Symbol.asyncDispose]();
    },
  };
}

async function serve(
  environment: Environment,
  args: ReturnType<typeof parseArguments>['arguments'],
): Promise<void> {
  const caller = deferredCaller(environment);
  const { callTool } = caller;
  const factory = () => createToolServer(catalog, { selection: args.selection, callTool });
  const onerror = (error: Error): void => log(error.message);
  const close = async (): Promise<void> => {
    try {
      await caller[Symbol.asyncDispose]();
    } catch (error) {
      log(`cannot close: ${BonafideError.from(error).message}`);
    }
  };
  if (args.httpPort === undefined) {
    serveStdio(factory, { onerror });
    finished(process.stdin, { writable: false }, () => void close());
    return;
  }
  const { serveHttp } = await import('./http.ts');
  const options = { port: args.httpPort, token: environment.httpToken, log };
  const service = await serveHttp(factory, options).catch((error: Error) => {
    log(error.message);
    process.exitCode = EXIT_FAILURE;
  });
  if (!service) return;
  log(`listening on ${service.url}`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      void close();
      void service[Symbol.asyncDispose]();
    });
  }
}

/** The bin: checks how it was started, then serves until its input or the process ends. */
export async function main(): Promise<void> {
  const { arguments: args, problems: argumentProblems } = parseArguments(process.argv.slice(2), catalog);
  if (args.wants !== 'serve') {
    process.stdout.write(args.wants === 'help' ? usage : `${version}\n`);
    return;
  }
  const { environment, problems: environmentProblems } = parseEnvironment(process.env);
  const problems = [...argumentProblems, ...environmentProblems];
  if (problems.length > 0) {
    for (const problem of problems) log(problem);
    process.exitCode = EXIT_USAGE;
    return;
  }
  await serve(environment, args);
}
