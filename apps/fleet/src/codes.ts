import { BonafideError } from '@bonafide/core';

/** The code with which a call was refused; `none` when it went through. */
export async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'none';
  } catch (error) {
    return BonafideError.from(error).code;
  }
}
