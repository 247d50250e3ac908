import {
  getTypesForEIP712Domain,
  type Hex,
  isHex,
  type LocalAccount,
  serializeTypedData,
  stringToHex,
  type TypedDataDefinition,
} from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import type { ProviderWallet, SmartWallet, Wallet } from '../client/types.ts';
import { BonafideError, ValidationError } from '../errors.ts';
import { hash32 } from '../models/common.ts';

/** A contract call as a wallet sends it. */
export interface Call {
  readonly to: Hex;
  readonly data: Hex;
}

/** What this package needs of a wallet. One of the last two is there: a wallet either signs transactions or sends them. */
export interface Account {
  readonly address: Hex;
  readonly signMessage: (request: { readonly message: string }) => Promise<Hex>;
  readonly signTypedData: LocalAccount['signTypedData'];
  readonly signTransaction?: LocalAccount['signTransaction'];
  readonly sendTransaction?: (call: Call, chainId: number) => Promise<Hex>;
}

/** The account of a private key; throws ValidationError, without the key in it, when the text is none. */
export function toWallet(key: string): LocalAccount {
  try {
    return privateKeyToAccount(hash32.parse(key) as Hex);
  } catch {
    // The cause may quote the key.
    const message = 'must be a secp256k1 private key: 0x and 64 hexadecimal digits';
    throw new ValidationError(`The wallet key ${message}.`, { issues: [{ path: 'walletKey', message }] });
  }
}

/** Any wallet as the account that the handlers work with. */
export function toAccount(wallet: Wallet): Account {
  if ('provider' in wallet) return fromProvider(wallet);
  if (wallet.type === 'smart') return fromSmartWallet(wallet);
  return wallet as unknown as LocalAccount;
}

function fromSmartWallet(wallet: SmartWallet): Account {
  const { signMessage, signTypedData } = wallet as unknown as LocalAccount;
  return {
    address: wallet.address,
    signMessage,
    signTypedData,
    sendTransaction: ({ to, data }) => wallet.sendTransaction({ to, data }),
  };
}

function fromProvider({ address, provider }: ProviderWallet): Account {
  const ask = (method: string, params: readonly unknown[]): Promise<unknown> =>
    provider.request({ method, params }).catch(refusal);
  const sign = async (method: string, params: readonly unknown[]): Promise<Hex> => {
    const signature = await ask(method, params);
    if (isHex(signature)) return signature;
    throw new BonafideError('UNSUPPORTED', `The wallet answered ${method} with no signature.`);
  };
  return {
    address,
    signMessage: ({ message }) => sign('personal_sign', [stringToHex(message), address]),
    signTypedData: (definition) =>
      sign('eth_signTypedData_v4', [address, toJson(definition as unknown as TypedDataDefinition)]),
    async sendTransaction({ to, data }, chainId) {
      await requireChain(await ask('eth_chainId', []), chainId);
      const hash = await ask('eth_sendTransaction', [{ from: address, to, data, value: '0x0' }]);
      if (isHex(hash) && hash.length === 66) return hash;
      throw new BonafideError('UNSUPPORTED', 'The wallet sent something, but named no transaction hash.');
    },
  };
}

/** Typed data as wallets read it, the type of its domain included. */
function toJson({ domain = {}, types, primaryType, message }: TypedDataDefinition): string {
  const EIP712Domain = getTypesForEIP712Domain({ domain });
  return serializeTypedData({ domain, types: { EIP712Domain, ...types }, primaryType, message } as never);
}

function requireChain(answer: unknown, chainId: number): void {
  if (Number(answer) === chainId) return;
  const message = `The wallet is on chain ${Number(answer)}, the contracts are on ${chainId}. Switch it and try again.`;
  throw new BonafideError('CONFLICT', message, { details: { reason: 'CHAIN', chainId } });
}

const USER_REJECTED = 4001;
const UNAUTHORIZED = 4100;

/** EIP-1193 errors in which nothing was signed keep their meaning; any other may mean anything. */
function refusal(cause: unknown): never {
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
  if (code === USER_REJECTED) {
    throw new BonafideError('DENIED', "The wallet's owner refused. Nothing was signed.", { cause });
  }
  if (code === UNAUTHORIZED) {
    throw new BonafideError('DENIED', 'The wallet does not let this application use the account.', { cause });
  }
  throw cause;
}
