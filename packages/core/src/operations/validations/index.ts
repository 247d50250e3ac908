import { getValidation } from './get.ts';
import { listValidations } from './list.ts';
import { requestValidation } from './request.ts';
import { respondValidation } from './respond.ts';

export const validations = {
  request: requestValidation,
  respond: respondValidation,
  get: getValidation,
  list: listValidations,
};
