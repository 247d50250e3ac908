import { ValidationError } from '@bonafide/core/errors';
import { requestWhole } from '../proxy/collect.ts';
import { exchangesOf, useGrant } from '../proxy/exchanges.ts';
import { type HeaderList, parseRequestHead } from '../proxy/heads.ts';
import { placeOf } from '../sessions/place.ts';
import type { HandlersOf, IdsOf } from './types.ts';

export const serviceHandlers: HandlersOf<IdsOf<'services'>> = {
  'services.request': async (context, { headers = {}, body: given = '', grantId, ...rest }) => {
    const caller = placeOf(context);
    const body = fromBase64(given);
    const hasBody = body.length > 0;
    const head = parseRequestHead({ ...rest, headers: Object.entries(headers), hasBody, grant: grantId });
    const { services, signal } = context;
    const exchanges = exchangesOf(services);
    exchanges.check({ caller, head });
    // Before anything is sent the key of this request is used up: asked again under it, nothing is sent a second time.
    const onBehalf = await context.commit((tx) => useGrant(tx, { caller, grantId }));
    const answer = await requestWhole(exchanges, { caller, head, onBehalf, body, signal });
    return {
      status: answer.status,
      headers: joinHeaders(answer.headers),
      body: answer.body.toString('base64'),
    };
  },
};

function fromBase64(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') === text) return bytes;
  throw new ValidationError('The body is not base64.', {
    issues: [{ path: 'body', message: 'must be base64 with padding' }],
  });
}

/** One value per name, as RFC 9110 section 5.3 joins them. */
function joinHeaders(headers: HeaderList): Record<string, string> {
  const joined = new Map<string, string>();
  for (const [given, value] of headers) {
    const name = given.toLowerCase();
    const before = joined.get(name);
    joined.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return Object.fromEntries(joined);
}
