// `npm test`: every check in order, stopping at the first that fails. `npm test -- STEP…` runs only those named.

import { steps } from './check-steps.mjs';
import { elapsed } from './progress.mjs';

function choose(names) {
  const unknown = names.filter((name) => !steps.some((step) => step.name === name));
  if (unknown.length === 0)
    return names.length === 0 ? steps : steps.filter((step) => names.includes(step.name));
  console.error(`There is no step named '${unknown.join("', '")}'. Steps, in order:`);
  for (const { name, title } of steps) console.error(`  ${name.padEnd(12)} ${title}`);
  process.exit(2);
}

function summary({ passed, failed }) {
  return `${passed} passed, ${failed} failed`;
}

async function runStep(step, totals) {
  const startedAt = Date.now();
  const result = await step.run();
  totals.passed += result.passed ?? 0;
  totals.failed += result.failed ?? 0;
  const counted = result.passed === undefined ? '' : ` · ${summary({ failed: 0, ...result })}`;
  if (result.problem === undefined) return console.log(`✓ ${step.title}${counted} (${elapsed(startedAt)})`);
  console.log(result.output);
  console.log(`✗ ${step.title}${counted} (${elapsed(startedAt)})\n  ${result.problem}`);
  console.log(`  Only this step again: npm test -- ${step.name}`);
  console.log(summary(totals));
  process.exit(1);
}

const totals = { passed: 0, failed: 0 };
const startedAt = Date.now();
for (const step of choose(process.argv.slice(2))) await runStep(step, totals);
console.log(`All checks hold (${elapsed(startedAt)}).`);
console.log(summary(totals));
