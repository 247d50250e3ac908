import { type Config, isLoopback } from './config/schema.ts';

/** Where the gateway is reached; known for sure only once it listens. */
export interface Reach {
  set(address: { readonly host: string; readonly port: number }): void;
  url(): string;
  authorities(): readonly string[];
}

export function createReach({ host, port, publicUrl, tls }: Config): Reach {
  const scheme = tls ? 'https' : 'http';
  const publicHosts = publicUrl === undefined ? [] : [new URL(publicUrl).host];
  let address = { host, port };
  let authorities: readonly string[] = [];
  const set: Reach['set'] = (where) => {
    address = where;
    // On one machine the same server has several names.
    const names = isLoopback(where.host)
      ? [...new Set([where.host, '127.0.0.1', 'localhost', '::1'])]
      : [where.host];
    authorities = [
      ...publicHosts,
      ...names.map((name) => new URL(`${scheme}://${bracketed(name)}:${where.port}`).host),
    ];
  };
  set(address);
  return {
    set,
    authorities: () => authorities,
    url: () => publicUrl?.replace(/\/$/, '') ?? `${scheme}://${bracketed(address.host)}:${address.port}`,
  };
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
