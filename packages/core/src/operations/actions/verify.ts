import { actionRequest, recordedAction } from '../../models/action.ts';
import { defineOperation } from '../define.ts';

export const verifyAction = defineOperation({
  id: 'actions.verify',
  summary: 'Ask whether an action may run',
  description:
    'Asks for permission before doing something outside Bonafide. Returns a stored decision: approved, denied, or pending when a person must answer (then look again with actions.get). Run the action only when approved, with exactly these parameters, and report the outcome with actions.complete.',
  risk: 'low',
  access: 'workspace:actions.write',
  http: { method: 'POST', path: '/v1/actions' },
  input: actionRequest,
  output: recordedAction,
  errors: [],
  toolset: 'governance',
  isDefaultTool: true,
  idempotent: false,
});
