export { hire } from './hire.ts';
export { arbitrate, validate } from './judge.ts';
export { provide } from './provide.ts';
