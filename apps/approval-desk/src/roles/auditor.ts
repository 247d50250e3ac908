import { createReadStream } from 'node:fs';
import { required, stateFact } from '@bonafide/app-kit';
import { linesOf, verifyAuditExport } from '@bonafide/core/audit';

// Knows a file and the gateway's name, and no network: what it finds is in the file.
const lines = linesOf(createReadStream(required('LOG_FILE')));
stateFact('verdict', await verifyAuditExport(lines, { gatewayDid: required('GATEWAY_DID') }));
