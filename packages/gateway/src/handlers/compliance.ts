import { toFile } from '../compliance/output.ts';
import { parsePeriod } from '../compliance/period.ts';
import { makeReport } from '../compliance/report.ts';
import { readSignedLog } from '../compliance/signed-log.ts';
import { readerOf, visibleAgentId } from '../context.ts';
import type { HandlersOf, IdsOf } from './types.ts';

export const complianceHandlers: HandlersOf<IdsOf<'compliance'>> = {
  'compliance.report': async (context, { reportType, format = 'json', from, to, agentId }) => {
    const { services, signal } = context;
    const nowMs = services.now();
    const period = parsePeriod({ ...(from ? { from } : {}), ...(to ? { to } : {}) }, nowMs);
    const scope = { period, agentId: visibleAgentId(context, agentId), nowMs, signal };
    const reader = readerOf(context);
    const log = readSignedLog(reader, services);
    return toFile(await makeReport(reader, { reportType, scope, log }), { format, signal });
  },
};
