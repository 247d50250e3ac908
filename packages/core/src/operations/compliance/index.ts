import { getComplianceReport } from './report.ts';

export const compliance = { report: getComplianceReport };
