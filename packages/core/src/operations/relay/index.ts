import { getTransaction } from './get.ts';
import { submitTransaction } from './submit.ts';

export const relay = { submit: submitTransaction, get: getTransaction };
