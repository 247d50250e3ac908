// The long run: `npm run faults -- --kills 200`.
import { parseArgs } from 'node:util';
import { runFaults } from '../src/faults/run-faults.ts';

const { values } = parseArgs({ options: { kills: { type: 'string', default: '200' } } });
const kills = Number(values.kills);
if (!Number.isInteger(kills) || kills < 1) throw new Error('--kills takes a whole number from 1');

const { findings, counts } = await runFaults({
  kills,
  onKill: (kill, soFar) => console.log(`${kill} of ${kills} kills: ${JSON.stringify(soFar)}`),
});
console.log(`after ${kills} kills: ${JSON.stringify(counts)}`);
for (const finding of findings) console.log(`NOT HELD: ${finding}`);
console.log(
  findings.length === 0 ? 'Everything acknowledged is there, once and in order.' : 'Something was lost.',
);
process.exitCode = findings.length === 0 ? 0 : 1;
