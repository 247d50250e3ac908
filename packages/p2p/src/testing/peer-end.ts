import { type Agent, secure } from '@bonafide/core';
import { createKeyPair, signerFromSeed } from '@bonafide/core/identity';
import type { ExecutionProgress } from '@bonafide/core/models';
import { z } from 'zod';
import { loadRtcProvider } from '#rtc';
import { capability } from '../agent/capability.ts';
import type { Execution, Json, Peer } from '../exchange/types.ts';
import { openPeers } from '../network/open-peers.ts';
import type { Peers } from '../network/types.ts';
import type { IceServer, RtcProvider } from '../rtc/rtc-provider.ts';

const counting = capability({
  description: 'Counts to a number, then adds up the bytes that it is sent',
  input: z.object({ to: z.number().max(100) }),
  risk: 'low',
});

export type Look = Pick<Peer, 'state' | 'path'>;

export interface ConnectionLook {
  readonly state: RTCPeerConnectionState;
  readonly isNegotiated: boolean;
  /** Of both sides; ICE changes them when it restarts, and never else. */
  readonly credentials: readonly (string | undefined)[];
}

interface Where {
  readonly url: string;
  readonly name: string;
  readonly iceServers?: readonly IceServer[] | undefined;
}

/** An agent with peers that is told what to do in JSON, so that it is the same in Node and in a page. It counts for others. */
export interface PeerEnd {
  /** With a key that stays in memory; resolves to its DID. */
  open(where: Where): Promise<string>;
  connect(did: string): Promise<Look>;
  look(did: string): Promise<Look | undefined>;
  /** Has the peer count; resolves to its progress once it waits for bytes. */
  begin(ask: { readonly did: string; readonly to: number }): Promise<readonly ExecutionProgress[]>;
  write(size: number): Promise<void>;
  finish(): Promise<{ readonly result: Json; readonly chunks: readonly Json[] }>;
  /** Every RTCPeerConnection that it has made. */
  connections(): Promise<readonly ConnectionLook[]>;
  close(): Promise<void>;
}

/** An end in this realm. */
export function createPeerEnd(): PeerEnd {
  const made: RTCPeerConnection[] = [];
  let [agent, peers, execution]: [Agent?, Peers?, Execution?] = [];
  const opened = (): Peers => required(peers);
  const peerOf = (did: string): Peer => required(opened().get(did));
  return {
    async open({ url, name, iceServers }) {
      agent = await secure(name, { url, signer: signerFromSeed(createKeyPair().seed) });
      const rtc = recorded(await loadRtcProvider(), made);
      peers = await openPeers(agent, { rtc, iceServers, bindAddress: '127.0.0.1', allowsRelay: false });
      provideCount(peers);
      return agent.did;
    },
    connect: async (did) => toLook(await opened().connect(did)),
    look: async (did) => toLook(opened().get(did)),
    async begin({ did, to }) {
      const { intentId } = await peerOf(did).sendIntent({ task: 'count', params: { to } });
      execution = peerOf(did).execute({ capability: 'count', args: { to }, intentId });
      const all: ExecutionProgress[] = [];
      for await (const progress of execution.progress) {
        all.push(progress);
        if (progress.step === 'bytes') break;
      }
      return all;
    },
    write: (size) => required(execution).write(new Uint8Array(size)),
    async finish() {
      const { chunks, result, end } = required(execution);
      await end();
      const all: Json[] = [];
      for await (const chunk of chunks) all.push(chunk);
      return { chunks: all, result: await result };
    },
    connections: async () => made.map(toConnectionLook),
    async close() {
      await peers?.close();
      await agent?.[Symbol.asyncDispose]();
    },
  };
}

function provideCount(peers: Peers): void {
  peers.provide('count', counting, async ({ args, report, stream, bytes }) => {
    for (let n = 1; n <= args.to; n++) await stream(n);
    report({ fraction: 0.5, step: 'bytes' });
    let size = 0;
    for await (const part of bytes) size += part.length;
    return size;
  });
}

function recorded(rtc: RtcProvider, made: RTCPeerConnection[]): RtcProvider {
  const createConnection: RtcProvider['createConnection'] = (settings, offer) => {
    const connection = rtc.createConnection(settings, offer);
    made.push(connection);
    return connection;
  };
  return { ...rtc, createConnection };
}

function toLook(peer: Peer): Look;
function toLook(peer: Peer | undefined): Look | undefined;
function toLook(peer: Peer | undefined): Look | undefined {
  return peer && { state: peer.state, path: peer.path };
}

function toConnectionLook(connection: RTCPeerConnection): ConnectionLook {
  const { connectionState, signalingState, currentLocalDescription, currentRemoteDescription } = connection;
  const descriptions = [currentLocalDescription, currentRemoteDescription];
  return {
    state: connectionState,
    isNegotiated: signalingState === 'stable',
    credentials: descriptions.map((description) => description?.sdp.match(/^a=ice-ufrag:(.+?)\r?$/m)?.[1]),
  };
}

function required<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('That comes later.');
  return value;
}
