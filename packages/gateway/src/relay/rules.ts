import { BonafideError } from '@bonafide/core/errors';
import { size } from 'viem';
import type { ParsedTransaction } from './parse.ts';
import { decodeCall, type RelayTarget } from './targets.ts';

/** Bounds on one transaction; a test holds them against the gas snapshot of the contracts. */
export interface RelayLimits {
  readonly maxGas: bigint;
  /** In wei per gas: protects the sender from a slip of its own. */
  readonly maxFeePerGas: bigint;
  readonly maxDataBytes: number;
}

export const defaultRelayLimits: RelayLimits = {
  maxGas: 4_000_000n,
  maxFeePerGas: 1_000_000_000_000n,
  maxDataBytes: 32 * 1024,
};

export interface RelayPolicy {
  readonly chainId: number;
  readonly targets: ReadonlyMap<string, RelayTarget>;
  readonly limits: RelayLimits;
}

/** Why a transaction is not relayed; `details.reason` of the FORBIDDEN error. */
export type RelayRefusal =
  | 'CHAIN'
  | 'TARGET'
  | 'FUNCTION'
  | 'VALUE'
  | 'GAS'
  | 'FEE'
  | 'DATA_SIZE'
  | 'SENDER'
  | 'WALLET_NOT_LINKED';

/**
 * Throws FORBIDDEN unless the relay may carry this transaction for an agent with this proven wallet. There is no exception
 * for taking an identity: wallets.link proves the wallet first, which needs no transaction.
 */
export function checkTransaction(
  transaction: ParsedTransaction,
  options: { readonly policy: RelayPolicy; readonly wallet: string | undefined },
): void {
  const { policy, wallet } = options;
  checkEnvelope(transaction, policy);
  checkCall(transaction, policy);
  checkSender(transaction, wallet);
}

function checkEnvelope(transaction: ParsedTransaction, { chainId, limits }: RelayPolicy): void {
  if (transaction.chainId !== chainId) {
    refuse(
      'CHAIN',
      `Sign for chain ${chainId}; this transaction is for ${transaction.chainId ?? 'any chain'}.`,
    );
  }
  if (transaction.value !== 0n) refuse('VALUE', 'The relay carries no ether: value must be 0.');
  if (transaction.gas > limits.maxGas) refuse('GAS', `The gas limit is above ${limits.maxGas}.`);
  if (transaction.maxFeePerGas > limits.maxFeePerGas) {
    refuse('FEE', `The fee per gas is above ${limits.maxFeePerGas} wei.`);
  }
  if (size(transaction.data) > limits.maxDataBytes) {
    refuse('DATA_SIZE', `The calldata is larger than ${limits.maxDataBytes} bytes.`);
  }
}

function checkCall(transaction: ParsedTransaction, { targets }: RelayPolicy): void {
  const { to } = transaction;
  if (to === undefined) refuse('TARGET', 'The relay creates no contracts.');
  const target = targets.get(to.toLowerCase());
  if (target === undefined) refuse('TARGET', `${to} is none of the contracts that the relay calls.`);
  const call = decodeCall(target, transaction.data);
  if (call === undefined || !target.allows(call)) {
    refuse(
      'FUNCTION',
      `The relay does not make this call to ${target.name}: ${call?.functionName ?? 'unknown'}.`,
    );
  }
}

function checkSender({ from }: ParsedTransaction, wallet: string | undefined): void {
  if (wallet === undefined) {
    refuse('WALLET_NOT_LINKED', 'This agent has no proven wallet yet. Call wallets.link first.');
  }
  if (wallet.toLowerCase() !== from.toLowerCase()) {
    refuse('SENDER', `The transaction is signed by ${from}, the wallet of this agent is ${wallet}.`);
  }
}

function refuse(reason: RelayRefusal, message: string): never {
  throw new BonafideError('FORBIDDEN', message, { details: { reason } });
}
