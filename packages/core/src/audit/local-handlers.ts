import type { LocalHandlersOf } from '../client/local-handlers.ts';
import { linesOf } from './lines.ts';
import { verifyAuditExport } from './verify-export.ts';

/** The local operations on the audit log. */
export const localHandlers: LocalHandlersOf<'audit'> = {
  'audit.verify': (_context, { lines, ...known }) => verifyAuditExport(linesOf([lines]), known),
};
