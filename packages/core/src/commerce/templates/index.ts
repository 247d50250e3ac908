import type { LocalHandlersOf } from '../../client/local-handlers.ts';
import { createTemplate, updateTemplate } from './publish.ts';
import { setTemplateActive } from './set-active.ts';

export const templateHandlers: LocalHandlersOf<'templates'> = {
  'templates.create': createTemplate,
  'templates.update': updateTemplate,
  'templates.setActive': setTemplateActive,
};
