import { getTrust } from './get.ts';
import { giveFeedback } from './give-feedback.ts';
import { listTrustHistory } from './history.ts';

export const trust = { get: getTrust, history: listTrustHistory, giveFeedback: giveFeedback };
