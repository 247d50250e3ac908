import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { required, stateFact } from '@bonafide/app-kit';
import { verifyAuditExport } from '@bonafide/core/audit';

// Knows a file and the gateway's name, and no network: what it finds is in the file.
const lines = createInterface({
  input: createReadStream(required('LOG_FILE')),
  crlfDelay: Number.POSITIVE_INFINITY,
});
stateFact('verdict', await verifyAuditExport(lines, { gatewayDid: required('GATEWAY_DID') }));
