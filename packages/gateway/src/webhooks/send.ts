import { BonafideError } from '@bonafide/core/errors';
import { Webhook as WebhookSigner } from 'standardwebhooks';
import type { Services } from '../context.ts';
import type { StoredDelivery, StoredWebhook } from '../stores/webhooks.ts';
import type { Outcome } from './deliveries.ts';

interface Sending {
  readonly webhook: StoredWebhook;
  readonly delivery: StoredDelivery;
  readonly signal: AbortSignal;
}

/** Makes one attempt, signed as Standard Webhooks has it; never throws. */
export async function sendDelivery(
  { outbound, secrets, version, now }: Pick<Services, 'outbound' | 'secrets' | 'version' | 'now'>,
  { webhook, delivery, signal }: Sending,
): Promise<Outcome> {
  const { deliveryId, body } = delivery;
  const nowMs = now();
  try {
    const signer = new WebhookSigner(secrets.open(webhook.sealedSecret, webhook.webhookId));
    const headers = {
      'content-type': 'application/json',
      'user-agent': `bonafide-gateway/${version}`,
      'webhook-id': deliveryId,
      'webhook-timestamp': String(Math.floor(nowMs / 1000)),
      'webhook-signature': signer.sign(deliveryId, new Date(nowMs), body),
    };
    return { status: await outbound.post(webhook.url, { headers, body, signal }) };
  } catch (cause) {
    return { error: describe(cause) };
  }
}

const CODE = /^[A-Z][A-Z0-9_]{2,60}$/;

/** For the delivery log: what went wrong, in words of ours or a code, never an address or what was answered. */
function describe(cause: unknown): string {
  if (cause instanceof BonafideError) return cause.message;
  if (!(cause instanceof Error)) return 'The request failed.';
  if (cause.name === 'TimeoutError') return 'The receiver did not answer in time.';
  const code = 'code' in cause ? String(cause.code) : '';
  return CODE.test(code) ? `The request failed: ${code}.` : 'The request failed.';
}
