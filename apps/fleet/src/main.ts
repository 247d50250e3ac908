import { chapter, tell } from '@bonafide/app-kit';
import { type ExampleName, examples } from './examples/examples.ts';
import { openFleet } from './fleet.ts';
import { type Options, readOptions } from './options.ts';

async function main({ names, given }: Options): Promise<void> {
  await using fleet = await openFleet(given);
  tell('gateway', given ? `${fleet.url}, which runs already` : `${fleet.url}, a process of its own`);
  for (const name of names) {
    chapter(`${name}: ${examples[name].title}`);
    await using stage = await fleet.openStage(name);
    await Promise.race([examples[name].play(stage), untilLate(name)]);
  }
  tell('check', 'everything above was asserted');
}

/** Something that never comes is a failure, too. */
function untilLate(name: ExampleName): Promise<never> {
  return new Promise((_resolve, reject) => {
    setTimeout(() => reject(new Error(`'${name}' took longer than 5 minutes.`)), 300_000).unref();
  });
}

try {
  await main(readOptions(process.argv.slice(2)));
} catch (error) {
  console.error(`\nIt did not hold: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
