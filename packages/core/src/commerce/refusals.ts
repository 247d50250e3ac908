import { BonafideError, ValidationError } from '../errors.ts';

/** The state of the chain does not allow it; nothing was signed. */
export function conflict(message: string, details: Readonly<Record<string, unknown>> = {}): BonafideError {
  return new BonafideError('CONFLICT', message, { details });
}

/** One field of the input is wrong. */
export function invalid(path: string, message: string): ValidationError {
  return new ValidationError(`${path} ${message}.`, { issues: [{ path, message }] });
}
