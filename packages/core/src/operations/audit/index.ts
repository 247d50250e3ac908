import { listAuditEntries } from './list.ts';

export const audit = { list: listAuditEntries };
