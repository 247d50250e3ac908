import { AuthenticationError, BonafideError, ConnectionError } from '../errors.ts';
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
  const init = {
    method,
    headers: { ...typed, ...authentication },
    signal,
    ...(body === undefined ? {} : { body }),
  };
  const response = await transport
    .fetch(url.href, { ...init, redirect: 'manual' })
    .catch((cause: unknown) => {
      throw toConnectionError(cause, { url, signal });
    });
  refuseRedirect(response, url);
  return response;
}

/**
 * A signature covers one target, and a token is for one host: neither may follow a redirect. Not `redirect: 'error'`,
 * which some workers do not know. Browsers hide the status of a redirect.
 */
function refuseRedirect({ type, status }: Response, { origin }: URL): void {
  if (type !== 'opaqueredirect' && (status < 300 || status > 399)) return;
  throw new BonafideError(
    'UNSUPPORTED',
    `The gateway at ${origin} redirects elsewhere; use the URL it has now.`,
  );
}

/** Reads a body of bounded size. */
export async function readText(
  response: Response,
  { limit, signal, url }: { readonly limit: number; readonly signal: AbortSignal; readonly url: URL },
): Promise<string> {
  // Not `for await`: not every browser can iterate a stream.
  const reader = response.body?.getReader();
  if (!reader) return '';
  const decoder = new TextDecoder();
  let text = '';
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return text + decoder.decode();
      length += value.byteLength;
      if (length > limit) throw tooLarge(limit);
      text += decoder.decode(value, { stream: true });
    }
  } catch (cause) {
    await reader.cancel().catch(() => undefined);
    throw toConnectionError(cause, { url, signal });
  }
}

/** What a failed fetch or body means: the caller's own abort reason, our own error, or a lost connection. */
export function toConnectionError(
  cause: unknown,
  { url, signal }: { readonly url: URL; readonly signal: AbortSignal },
): unknown {
  if (signal.aborted) return signal.reason;
  if (BonafideError.is(cause)) return cause;
  return new ConnectionError(
    `The gateway at ${url.origin} cannot be reached or broke the connection: check that it is running and that this is its URL.`,
    { cause },
  );
}

async function authenticate(
  { signer, token, now }: Transport,
  request: PlainRequest & Pick<SendOptions, 'headers'>,
): Promise<Record<string, string>> {
  if (!signer) return token === undefined ? {} : { authorization: `Bearer ${token}` };
  try {
    return { ...(await signRequest(request, signer, { nowMs: now() })) };
  } catch (cause) {
    if (BonafideError.is(cause)) throw cause;
    const details = { reason: 'signer-failed' };
    throw new AuthenticationError(`The signer of ${signer.did} failed.`, { cause, details });
  }
}

function tooLarge(limit: number): BonafideError {
  return new BonafideError('PAYLOAD_TOO_LARGE', `The gateway's answer is larger than ${limit} bytes.`);
}
