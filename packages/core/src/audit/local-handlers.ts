import type { LocalHandlersOf } from '../client/local-handlers.ts';
import { verifyAuditExport } from './verify-export.ts';

/** The local operations on the audit log. */
export const localHandlers: LocalHandlersOf<'audit'> = {
  'audit.verify': (_context, { lines, ...known }) => verifyAuditExport(linesOf(lines), known),
};

function* linesOf(text: string): Generator<string> {
  let start = 0;
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
    yield text.slice(start, end);
    start = end + 1;
  }
  if (start < text.length) yield text.slice(start);
}
