import { readFileSync } from 'node:fs';
import { createSecureContext, type TlsOptions } from 'node:tls';
import { BonafideError } from '@bonafide/core/errors';
import type { Config } from './config/schema.ts';

/** What Node's server needs to speak TLS; undefined when it is not to. Files are read now, so that a mistake shows at once. */
export function readTls({ tls }: Pick<Config, 'tls'>): TlsOptions | undefined {
  if (!tls) return undefined;
  const ca = tls.clientCa ?? read('clientCaFile', tls.clientCaFile);
  const isDemanded = tls.requireClientCertificate ?? ca !== undefined;
  const options: TlsOptions = {
    cert: tls.cert ?? read('certFile', tls.certFile),
    key: tls.key?.reveal() ?? read('keyFile', tls.keyFile),
    minVersion: 'TLSv1.2',
    ...(ca === undefined ? {} : { ca, requestCert: true, rejectUnauthorized: isDemanded }),
  };
  try {
    createSecureContext(options);
  } catch (cause) {
    throw new BonafideError('VALIDATION_FAILED', 'tls: certificate and key do not fit, or are not PEM.', {
      cause,
    });
  }
  return options;
}

function read(field: string, path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new BonafideError('VALIDATION_FAILED', `tls.${field}: ${path} cannot be read.`, { cause });
  }
}
