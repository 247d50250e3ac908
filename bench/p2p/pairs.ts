import { connect } from '@bonafide/core';
import { type BenchGateway, startBenchGateway } from '../realtime/gateway-relay.ts';
import { type PeerProcess, startPeer, type Usage } from './peer-process.ts';

/** Two processes, connected so many times. */
export interface PeerPair extends AsyncDisposable {
  readonly name: string;
  readonly caller: PeerProcess;
  readonly connectMs: readonly number[];
  /** Resident memory of both for each connection. */
  readonly bytesPerConnection: number;
  /** Of both processes. */
  cpuSeconds(): Promise<number>;
}

const both = (one: Usage, other: Usage, of: keyof Usage): number => one[of] + other[of];

async function measured(
  name: string,
  { caller, callee, count, open }: Parts,
): Promise<Omit<PeerPair, typeof Symbol.asyncDispose>> {
  const usage = () => Promise.all([caller.usage(), callee.usage()]);
  const [callerBefore, calleeBefore] = await usage();
  const connectMs = await open();
  const [callerAfter, calleeAfter] = await usage();
  const used = both(callerAfter, calleeAfter, 'rssBytes') - both(callerBefore, calleeBefore, 'rssBytes');
  return {
    ...{ name, caller, connectMs, bytesPerConnection: used / count },
    cpuSeconds: async () => both(...(await usage()), 'cpuSeconds'),
  };
}

interface Parts {
  readonly caller: PeerProcess;
  readonly callee: PeerProcess;
  readonly count: number;
  readonly open: () => Promise<readonly number[]>;
}

/** node-datachannel alone; signals go through this process. */
export async function openBarePair(count: number): Promise<PeerPair> {
  const stack = new AsyncDisposableStack();
  const start = (role: string) => stack.use(startPeer(new URL('./bare-peer.ts', import.meta.url), [role]));
  const [caller, callee] = [start('caller'), start('callee')];
  caller.onSignal(callee.signal);
  callee.onSignal(caller.signal);
  const open = () => caller.call<number[]>('connect', { count });
  const pair = await measured('node-datachannel', { caller, callee, count, open });
  return { ...pair, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** Agents of a gateway of their own. */
export async function openOurPair(count: number): Promise<PeerPair & { readonly gateway: BenchGateway }> {
  const stack = new AsyncDisposableStack();
  const gateway = stack.use(await startBenchGateway());
  const owner = connect({ url: gateway.url, token: gateway.ownerToken });
  const cedar = 'permit (principal, action, resource);';
  await owner.policies.put({ cedar, note: 'bench' });
  const start = (role: string) =>
    stack.use(startPeer(new URL('./our-peer.ts', import.meta.url), [role, gateway.url]));
  const [caller, callee] = [start('caller'), start('callee')];
  await caller.call('start', { count: 1 });
  const dids = await callee.call<string[]>('start', { count });
  const open = () => caller.call<number[]>('connect', { count, dids });
  const pair = await measured('Bonafide', { caller, callee, count, open });
  return { ...pair, gateway, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}
