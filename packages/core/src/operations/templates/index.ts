import { createTemplate } from './create.ts';
import { getTemplate } from './get.ts';
import { listTemplates } from './list.ts';
import { setTemplateActive } from './set-active.ts';
import { updateTemplate } from './update.ts';

export const templates = {
  create: createTemplate,
  update: updateTemplate,
  setActive: setTemplateActive,
  get: getTemplate,
  list: listTemplates,
};
