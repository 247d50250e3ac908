import { pollMs, reportSteps, required, stateFact } from '@bonafide/app-kit';
import type { JobTask } from '@bonafide/core';
import { rerunValidator } from '@bonafide/core/validators';
import { cleanCsv, scoreCleaning } from '../clean-csv.ts';
import { followCommands, untilTold } from '../commands.ts';
import { secureRole } from '../secure-role.ts';
import { readDelivery, readSpecification } from '../specification.ts';

// Knows neither party: does the work again and scores the delivery against its own result. HIRE_SCORING makes it harsh, silent or stuck.
await using agent = await secureRole(required('HIRE_NAME'), {
  agentType: 'validator',
  description: 'Repeats CSV cleaning and scores deliveries.',
  capabilities: [required('HIRE_CAPABILITY')],
  isListed: true,
});
const honest = rerunValidator({
  run: async (task) => cleanCsv((await task.artifact((await readSpecification(task)).input)).text()),
  read: readDelivery,
  compare: scoreCleaning,
});
async function stuck(task: JobTask): Promise<never> {
  await honest(task);
  stateFact('scored');
  return new Promise(() => undefined);
}
const score = { honest, harsh: () => 10, silent: undefined, stuck }[required('HIRE_SCORING')];

stateFact('ready');
const signal = process.env.HIRE_WAITS_FOR;
if (signal) await untilTold(signal);
await using role = score && agent.validate(score, { ...reportSteps, pollIntervalMs: pollMs });
await followCommands(agent, role);
