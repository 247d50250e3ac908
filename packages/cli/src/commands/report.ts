import { writeFile } from 'node:fs/promises';
import { BonafideError } from '@bonafide/core/errors';
import { reportFormat, reportType } from '@bonafide/core/models';
import { Argument, type Command, Option } from 'commander';
import { openConnection } from '../connection.ts';
import type { Context, GlobalOptions } from '../context.ts';
import { printableJson } from '../printable.ts';

interface ReportOptions extends GlobalOptions {
  readonly from?: string;
  readonly to?: string;
  readonly format: 'json' | 'csv' | 'pdf';
  readonly agentId?: string;
  readonly out?: string;
}

/** A day as people write it, or a whole time. */
function toTime(text: string | undefined, clock: string): string | undefined {
  return text !== undefined && /^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T${clock}Z` : text;
}

async function write(file: string, content: Uint8Array): Promise<void> {
  try {
    await writeFile(file, content, { flag: 'wx', mode: 0o600 });
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST') {
      throw new BonafideError('CONFLICT', `${file} exists already. Give another name with --out.`, { cause });
    }
    throw new BonafideError('VALIDATION_FAILED', `${file} cannot be written.`, { cause });
  }
}

async function report(context: Context, type: string, options: ReportOptions): Promise<void> {
  const client = await openConnection(context, { options });
  const answer = await client.compliance.report(
    {
      reportType: reportType.parse(type),
      format: options.format,
      from: toTime(options.from, '00:00:00.000'),
      to: toTime(options.to, '23:59:59.999'),
      agentId: options.agentId,
    },
    { signal: context.signal },
  );
  const { format, filename, content = '' } = answer;
  const bytes =
    format === 'json'
      ? Buffer.from(`${printableJson(answer.report, 2)}\n`)
      : Buffer.from(content, format === 'pdf' ? 'base64' : 'utf8');
  const file = options.out ?? (format === 'pdf' ? filename : undefined);
  if (file === undefined || file === '-') {
    context.stdout.write(bytes);
    return;
  }
  await write(file, bytes);
  context.stderr.write(`${file} (${bytes.length} bytes)\n`);
}

/** `bonafide report soc2`: a compliance report as a file. */
export function addReport(program: Command, context: Context): void {
  program
    .command('report')
    .summary('a compliance report: soc2, hipaa or gdpr')
    .description(
      'Makes a report of evidence over a period, by default the last 30 days. JSON and CSV go to standard output, a PDF into a file.',
    )
    .addArgument(new Argument('<type>', 'which framework').choices(reportType.options))
    .addOption(
      new Option('--format <format>', 'json, csv or pdf').choices(reportFormat.options).default('json'),
    )
    .option('--from <time>', 'first day or time, such as 2026-10-01')
    .option('--to <time>', 'last day or time')
    .option('--agent-id <id>', 'only what this agent did')
    .option('--out <file>', 'where to write it; - for standard output')
    .action((type: string, _options, command: Command) =>
      report(context, type, command.optsWithGlobals<ReportOptions>()),
    );
}
