import { readFile } from 'node:fs/promises';
import type { SecureContextOptions } from 'node:tls';
import { Agent, fetch as undiciFetch } from 'undici';
import { BonafideError } from '../errors.ts';
import type { TlsMaterial, TlsOptions } from '../transport/tls.ts';
import { expandHome } from './home.ts';

/** The certificates as Node takes them, each file read. */
export async function readTls({ ca, cert, key }: TlsOptions): Promise<SecureContextOptions> {
  if ((cert === undefined) !== (key === undefined)) {
    throw new BonafideError('VALIDATION_FAILED', 'A client certificate needs both `tls.cert` and `tls.key`.');
  }
  return {
    ...(ca !== undefined && { ca: await readMaterial(ca, 'ca') }),
    ...(cert !== undefined && { cert: await readMaterial(cert, 'cert') }),
    ...(key !== undefined && { key: await readMaterial(key, 'key') }),
  };
}

async function readMaterial(material: TlsMaterial, name: string): Promise<string | Buffer> {
  if (typeof material !== 'string') return Buffer.from(material);
  if (material.includes('-----BEGIN ')) return material;
  try {
    return await readFile(expandHome(material));
  } catch (cause) {
    // A key pasted where its path belongs must not end up in a log, so the text is not repeated.
    const message = `The file that \`tls.${name}\` names cannot be read.`;
    throw new BonafideError('VALIDATION_FAILED', message, { cause: codeOf(cause) });
  }
}

function codeOf(cause: unknown): unknown {
  return cause instanceof Error && 'code' in cause ? cause.code : undefined;
}

const agents = new WeakMap<TlsOptions, Promise<Agent>>();

/** `fetch` over connections with these certificates, which all requests with the same options share. */
export async function fetchWithTls(
  tls: TlsOptions,
  { input, init = {} }: { readonly input: string | URL | Request; readonly init?: RequestInit | undefined },
): Promise<Response> {
  const agent = agents.get(tls) ?? createAgent(tls);
  agents.set(tls, agent);
  // The types of the two fetches differ in name only; both are the fetch of the standard.
  const options = { ...init, dispatcher: await agent } as Parameters<typeof undiciFetch>[1];
  return (await undiciFetch(input as Parameters<typeof undiciFetch>[0], options)) as unknown as Response;
}

async function createAgent(tls: TlsOptions): Promise<Agent> {
  try {
    return new Agent({ connect: await readTls(tls) });
  } catch (error) {
    agents.delete(tls);
    throw error;
  }
}
