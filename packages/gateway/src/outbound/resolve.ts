import { Resolver } from 'node:dns/promises';

/** Every address of a name; rejects when it has none. */
export type Resolve = (host: string) => Promise<readonly string[]>;

const TIMEOUT_MS = 3000;
const TRIES = 2;
const LOCALHOST = /^(.+\.)?localhost\.?$/i;

/**
 * Asks the name servers directly. Not `dns.lookup`: that takes a thread of the pool that also verifies signatures, so a
 * few names with dead servers would slow down every request; and the hosts file of this machine is not for strangers.
 */
export function createResolve(): Resolve {
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: TRIES });
  return async (host) => {
    // RFC 6761: never asked of a server.
    if (LOCALHOST.test(host)) return ['127.0.0.1', '::1'];
    const answers = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
    const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    const [first] = answers;
    if (addresses.length === 0 && first?.status === 'rejected') throw first.reason;
    return addresses;
  };
}
