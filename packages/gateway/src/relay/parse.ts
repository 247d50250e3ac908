import { ValidationError } from '@bonafide/core/errors';
import {
  type Address,
  BaseError,
  type Hex,
  isHex,
  keccak256,
  parseTransaction,
  recoverTransactionAddress,
  serializeTransaction,
  size,
  type TransactionSerializedLegacy,
} from 'viem';

/** Half of the secp256k1 order: EIP-2 refuses a larger `s`, which is the same signature under another hash. */
const HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;

/** What a signed transaction says, independent of its envelope. */
export interface ParsedTransaction {
  readonly hash: Hex;
  readonly serialized: Hex;
  readonly chainId: number | undefined;
  readonly from: Address;
  readonly to: Address | undefined;
  readonly value: bigint;
  readonly data: Hex;
  readonly nonce: number;
  readonly gas: bigint;
  /** Highest price per gas the sender agreed to, in wei. */
  readonly maxFeePerGas: bigint;
}

/** Parses a signed legacy, EIP-2930 or EIP-1559 transaction and recovers its sender; anything else is a ValidationError. */
export async function parseSignedTransaction(input: string): Promise<ParsedTransaction> {
  const serialized = input.toLowerCase();
  if (!isHex(serialized)) throw refused('must be hex bytes');
  const transaction = decode(serialized);
  const { r, s } = transaction;
  if (r === undefined || s === undefined) throw refused('must be signed');
  if (BigInt(s) > HALF_ORDER) throw refused('has a malleable signature (s is in the upper half)');
  if (encode(transaction) !== serialized) throw refused('is not in canonical encoding');
  return {
    hash: keccak256(serialized),
    serialized,
    chainId: transaction.chainId,
    from: await recoverSender(serialized),
    to: transaction.to ?? undefined,
    value: transaction.value ?? 0n,
    data: transaction.data ?? '0x',
    nonce: transaction.nonce ?? 0,
    gas: transaction.gas ?? 0n,
    maxFeePerGas: transaction.maxFeePerGas ?? transaction.gasPrice ?? 0n,
  };
}

function decode(serialized: Hex) {
  const type = size(serialized) === 0 ? '' : serialized.slice(2, 4);
  if (type === '03' || type === '04') throw refused('must be a legacy, EIP-2930 or EIP-1559 transaction');
  try {
    return parseTransaction(serialized as TransactionSerializedLegacy);
  } catch (error) {
    throw refused('is not a transaction', error);
  }
}

function encode(transaction: ReturnType<typeof decode>): Hex | undefined {
  const { r, s, v, yParity, ...fields } = transaction;
  if (r === undefined || s === undefined) return undefined;
  try {
    return serializeTransaction(fields, { r, s, v: v ?? BigInt(27 + (yParity ?? 0)), yParity: yParity ?? 0 });
  } catch (error) {
    if (error instanceof BaseError) return undefined;
    throw error;
  }
}

async function recoverSender(serialized: Hex): Promise<Address> {
  try {
    return await recoverTransactionAddress({
      serializedTransaction: serialized as TransactionSerializedLegacy,
    });
  } catch (error) {
    throw refused('has an invalid signature', error);
  }
}

function refused(message: string, cause?: unknown): ValidationError {
  return new ValidationError(`The transaction ${message}.`, {
    issues: [{ path: 'signedTransaction', message }],
    cause,
  });
}
