import { type Agent, BonafideError, type Hired, type HireOptions } from '@bonafide/core';
import { type PeerQuote, parseUsdc, peerQuote } from '@bonafide/core/models';
import type { PeerIdentity } from '../connection/connector.ts';
import { toValidationError } from './problems.ts';

interface Hiring {
  readonly agent: Pick<Agent, 'agents' | 'hire'>;
  readonly identity: PeerIdentity;
}

/** Takes the offer of a quote, if it says what the quote says and pays whom the quote came from. */
export async function hirePeer(
  { agent, identity }: Hiring,
  given: PeerQuote,
  { description, ...options }: { readonly description: string } & HireOptions,
): Promise<Hired> {
  const { data: quote, error } = peerQuote.safeParse(given);
  if (!quote) throw toValidationError('This is no quote.', error.issues);
  const { offer, amountUsdc, expiresAt } = quote;
  if (!offer) {
    throw new BonafideError(
      'UNSUPPORTED',
      'This quote has no signed offer: agree on a job with jobs.create.',
    );
  }
  if (Date.parse(expiresAt) <= Date.now())
    throw new BonafideError('EXPIRED', 'The quote is over; ask again.');
  if (parseUsdc(amountUsdc) !== parseUsdc(offer.terms.amountUsdc)) {
    const found = `${offer.terms.amountUsdc} USDC instead of ${amountUsdc}`;
    throw new BonafideError('CONFLICT', `The offer is not what was quoted: it is about ${found}.`);
  }
  const { wallet } = await agent.agents.get({ agentId: identity.agentId }, { signal: options.signal });
  if (wallet?.toLowerCase() !== offer.terms.provider.toLowerCase()) {
    throw new BonafideError('CONFLICT', "The offer would pay another wallet than the peer's own.");
  }
  return agent.hire({ offer, description }, options);
}
