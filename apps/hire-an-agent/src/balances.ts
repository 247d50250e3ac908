import { testUsdcAbi } from '@bonafide/contracts';
import { formatUsdc } from '@bonafide/core/models';
import { type Address, createPublicClient, http } from 'viem';

export type Balances = Readonly<Record<string, bigint>>;

/** USDC in smallest units of each named account, read from the chain itself. */
export async function readBalances(
  { rpcUrl, usdc }: { readonly rpcUrl: string; readonly usdc: Address },
  accounts: Readonly<Record<string, Address>>,
): Promise<Balances> {
  const node = createPublicClient({ transport: http(rpcUrl) });
  const read = async ([name, address]: [string, Address]) => {
    const balance = await node.readContract({
      address: usdc,
      abi: testUsdcAbi,
      functionName: 'balanceOf',
      args: [address],
    });
    return [name, balance] as const;
  };
  return Object.fromEntries(await Promise.all(Object.entries(accounts).map(read)));
}

/** One row per account, one column per moment. */
export function balanceRows(moments: Readonly<Record<string, Balances>>): string[][] {
  const names = Object.keys(Object.values(moments)[0] ?? {});
  const cells = (name: string): string[] =>
    Object.values(moments).map((balances) => formatUsdc(balances[name] ?? 0n));
  const total = (balances: Balances): bigint => Object.values(balances).reduce((sum, each) => sum + each, 0n);
  return [
    ['USDC', ...Object.keys(moments)],
    ...names.map((name) => [name, ...cells(name)]),
    ['sum', ...Object.values(moments).map((balances) => formatUsdc(total(balances)))],
  ];
}
