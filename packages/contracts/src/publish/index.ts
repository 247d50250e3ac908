export {
  type PublishParameters,
  type PublishPlan,
  planCreations,
  preparePublication,
} from './prepare.ts';
export { runPublication } from './run.ts';
export { createState, type PublishState, readState } from './state.ts';
export { type VerificationInput, verificationOf } from './verification.ts';
