import type { LocalHandlersOf } from '../../client/local-handlers.ts';
import { requestValidation } from './request.ts';
import { respondValidation } from './respond.ts';

export const validationHandlers: LocalHandlersOf<'validations'> = {
  'validations.request': requestValidation,
  'validations.respond': respondValidation,
};
