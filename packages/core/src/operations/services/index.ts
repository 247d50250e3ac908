import { requestService } from './request.ts';

export const services = {
  request: requestService,
};
