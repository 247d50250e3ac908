import { BonafideError } from '@bonafide/core/errors';
import type { Command } from 'commander';
import { openConnection } from '../connection.ts';
import type { Context, GlobalOptions } from '../context.ts';
import { render } from '../render.ts';

interface FaucetOptions extends GlobalOptions {
  readonly usdc: string;
  readonly eth: string;
}

const ADDRESS = /^0x[0-9a-fA-F]{40}$/;
const AMOUNT = /^\d{1,9}(\.\d{1,6})?$/;

function check({ address, usdc, eth }: { address: string; usdc: string; eth: string }): void {
  const issues = [
    ...(ADDRESS.test(address) ? [] : [{ path: 'address', message: 'must be a 20-byte hex address' }]),
    ...(AMOUNT.test(usdc) ? [] : [{ path: 'usdc', message: 'must be digits with at most six decimals' }]),
    ...(AMOUNT.test(eth) ? [] : [{ path: 'eth', message: 'must be digits with at most six decimals' }]),
  ];
  if (issues.length > 0) {
    throw new BonafideError('VALIDATION_FAILED', 'The input of faucet does not fit.', {
      details: { issues },
    });
  }
}

async function localRpcUrl(context: Context, options: GlobalOptions): Promise<string> {
  const client = await openConnection(context, { options: { ...(options.url ? { url: options.url } : {}) } });
  const { chain } = await client.gateway.getInfo({}, { signal: context.signal });
  if (chain?.name === 'local' && chain.rpcUrl) return chain.rpcUrl;
  throw new BonafideError('UNSUPPORTED', 'Only a local chain has a faucet; this gateway has none.', {
    details: { hint: '`bonafide dev` starts a gateway with a local chain.' },
  });
}

/** `bonafide faucet ADDRESS`: ether and test USDC on the local chain. */
export function addFaucet(program: Command, context: Context): void {
  program
    .command('faucet')
    .summary('test money on the local chain')
    .description('Adds ether and test USDC to an address on the local chain of `bonafide dev`.')
    .argument('<address>')
    .option('--usdc <amount>', 'test USDC', '1000')
    .option('--eth <amount>', 'ether for fees', '1')
    .action(async (address: string, _options, command: Command) => {
      const options = command.optsWithGlobals<FaucetOptions>();
      const { usdc, eth } = options;
      check({ address, usdc, eth });
      const rpcUrl = await localRpcUrl(context, options);
      const [{ parseUnits }, { connectLocalChain }] = await Promise.all([
        import('viem'),
        import('@bonafide/contracts/local'),
      ]);
      const chain = await connectLocalChain(rpcUrl);
      await chain.faucet(address as `0x${string}`, {
        wei: parseUnits(eth, 18),
        usdcUnits: parseUnits(usdc, 6),
      });
      context.stdout.write(`${render({ address, usdc: `+${usdc}`, eth: `+${eth}` })}\n`);
    });
}
