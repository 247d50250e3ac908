import { BonafideError, ConnectionError } from '../errors.ts';
import { signRequest } from '../identity/http-signatures/sign-request.ts';
import type { PlainRequest } from './request.ts';
import type { Transport } from './transport.ts';

export interface SendOptions {
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** Authenticates a request anew (each attempt has its own nonce) and sends it once. */
export async function send(
  transport: Transport,
  { method, url, body, headers, signal }: PlainRequest & SendOptions,
): Promise<Response> {
  const typed = body === undefined ? headers : { ...headers, 'content-type': 'application/json' };
  const authentication = await authenticate(transport, { method, url, body, headers: typed });
  try {
    return await transport.fetch(url.href, {
      method,
      headers: { ...typed, ...authentication },
      signal,
      // A signature covers one target, and a token is for one host: neither may follow a redirect.
      redirect: 'error',
      ...(body === undefined ? {} : { body }),
    });
  } catch (cause) {
    throw toConnectionError(cause, { url, signal });
  }
}

/** Reads a body of bounded size. */
export async function readText(
  response: Response,
  { limit, signal, url }: { readonly limit: number; readonly signal: AbortSignal; readonly url: URL },
): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let length = 0;
  try {
    for await (const chunk of response.body ?? []) {
      length += chunk.byteLength;
      if (length > limit) throw tooLarge(limit);
      text += decoder.decode(chunk, { stream: true });
    }
  } catch (cause) {
    throw toConnectionError(cause, { url, signal });
  }
  return text + decoder.decode();
}

/** What a failed fetch or body means: the caller's own abort reason, our own error, or a lost connection. */
export function toConnectionError(
  cause: unknown,
  { url, signal }: { readonly url: URL; readonly signal: AbortSignal },
): unknown {
  if (signal.aborted) return signal.reason;
  if (BonafideError.is(cause)) return cause;
  return new ConnectionError(`The gateway at ${url.origin} cannot be reached or broke the connection.`, {
    cause,
  });
}

async function authenticate(
  { signer, token, now }: Transport,
  request: PlainRequest & Pick<SendOptions, 'headers'>,
): Promise<Record<string, string>> {
  if (signer) return { ...(await signRequest(request, signer, { nowMs: now() })) };
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}

function tooLarge(limit: number): BonafideError {
  return new BonafideError('PAYLOAD_TOO_LARGE', `The gateway's answer is larger than ${limit} bytes.`);
}
