import { pollMs, reportSteps, required, say, stateFact } from '@bonafide/app-kit';
import { followCommands } from '../commands.ts';
import { secureRole } from '../secure-role.ts';

// Has a stake, is drawn by lot, looks at both sides' evidence and divides the budget.
await using agent = await secureRole(required('HIRE_NAME'), {
  description: 'Rules disputes about data work.',
});
const { stakeUsdc } = await agent.arbitrators.stake({ amountUsdc: required('HIRE_STAKE_USDC') });
say(`staked ${stakeUsdc} USDC`);
const percent = Number(required('HIRE_PERCENT'));

await using role = agent.arbitrate(
  async (task, dispute) => {
    const seen = await Promise.all(dispute.evidence.map(({ evidenceUri }) => task.artifact(evidenceUri)));
    return {
      percent,
      rationale: `Read ${seen.length} pieces of evidence; ${percent} % of the work was done.`,
    };
  },
  { ...reportSteps, pollIntervalMs: pollMs },
);
stateFact('ready');
await followCommands(agent, role);
