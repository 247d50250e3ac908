import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Agent, type Client, connect, secure } from '@bonafide/core';
import { createKeyPair, signerFromSeed } from '@bonafide/core/identity';
import { createGateway, type Gateway } from '@bonafide/gateway';
import { openPeers } from '../src/network/open-peers.ts';
import type { Peers, PeersOptions } from '../src/network/types.ts';

/** Loopback alone, so that nothing leaves the machine. */
export const loopback = { bindAddress: '127.0.0.1' } as const;

/** A real gateway whose owner lets agents have others do things. */
export interface PeerWorld extends AsyncDisposable {
  readonly url: string;
  readonly owner: Client;
  /** What an agent starts with: where, with a key of its own. */
  readonly settings: () => { readonly url: string; readonly signer: ReturnType<typeof signerFromSeed> };
  /** A new agent and its network; both end with the world. */
  open(name: string, options?: PeersOptions): Promise<{ readonly agent: Agent; readonly peers: Peers }>;
  /** Ends the gateway and starts it again on the same port and database. */
  restart(): Promise<void>;
}

interface PeerWorldOptions {
  /** Default: whatever agents ask for is permitted. */
  readonly cedar?: string;
  /** Of pages that may use the gateway; default none. */
  readonly allowedOrigins?: readonly string[];
}

export async function openPeerWorld(options: PeerWorldOptions = {}): Promise<PeerWorld> {
  const { cedar = 'permit (principal, action, resource);' } = options;
  const allowedOrigins = [...(options.allowedOrigins ?? [])];
  const folder = await mkdtemp(join(tmpdir(), 'bonafide-peers-'));
  const create = () =>
    createGateway({ database: join(folder, 'gateway.db'), logLevel: 'silent', allowedOrigins });
  let gateway: Gateway = await create();
  const { url } = await gateway.listen({ port: 0 });
  const { ownerToken } = await gateway.createWorkspace('default');
  const owner = connect({ url, token: ownerToken });
  await owner.policies.put({ cedar, note: 'a test' });
  const settings: PeerWorld['settings'] = () => ({ url, signer: signerFromSeed(createKeyPair().seed) });
  const opened: AsyncDisposable[] = [];
  return {
    ...{ url, owner, settings },
    async open(name, options) {
      const agent = await secure(`${name}-${randomBytes(3).toString('hex')}`, settings());
      const peers = await openPeers(agent, { ...loopback, ...options });
      opened.unshift(peers, agent);
      return { agent, peers };
    },
    async restart() {
      await gateway[Symbol.asyncDispose]();
      gateway = await create();
      await gateway.listen({ port: Number(new URL(url).port) });
    },
    async [Symbol.asyncDispose]() {
      for (const each of opened) await each[Symbol.asyncDispose]();
      await gateway[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}
