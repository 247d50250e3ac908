import { type Logger, pino } from 'pino';
import type { Config } from './config/schema.ts';

/** Lines of JSON on standard output, without secrets. */
export function createLog({ logLevel }: Config): Logger {
  // Lines are built from named facts only; the list is the second lock, for what somebody may add.
  const paths = [
    'headers',
    'authorization',
    'signature',
    'token',
    'secret',
    'enrolmentToken',
    'privateKey',
    'body',
  ];
  return pino({
    level: logLevel,
    redact: { paths: paths.flatMap((path) => [path, `*.${path}`]), remove: true },
  });
}
