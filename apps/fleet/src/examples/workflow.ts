import assert from 'node:assert/strict';
import { tell } from '@bonafide/app-kit';
import type { Stage } from '../fleet.ts';

interface Heard {
  readonly kind: string;
  readonly from: string;
  readonly body: unknown;
}

/** Events go to the rules of the workspace, and to an engine that decides by itself. */
export async function workflow(stage: Stage): Promise<void> {
  const { owner, workspace } = stage;
  const announcer = stage.start({ file: 'listener', role: 'helper', name: 'announcer' });
  await announcer.fact('ready');
  const engine = await stage.startPermitted({
    ...{ file: 'engine', role: 'engine', name: 'engine' },
    principal: { type: 'workflow-engine', implementation: 'engine', specifier: 'default' },
  });
  await engine.fact('ready');
  const ruleId = await makeRule(stage);

  const builder = stage.start({ file: 'builder', role: 'builder', name: 'builder' });
  await builder.fact('built');
  const from = `ag::${workspace}::builder::default`;
  const seen = [await engine.fact<Heard>('event'), await engine.fact<Heard>('event')];
  const event = (name: string, ok: boolean): object => ({ type: 'build.finished', data: { name, ok } });
  assert.deepEqual(seen, [
    { kind: 'event', from, body: event('cargo', true) },
    { kind: 'event', from, body: event('ballast', false) },
  ]);
  const heard = [await announcer.fact<Heard>('message'), await announcer.fact<Heard>('message')];
  assert.deepEqual(heard.map(({ body }) => (body as { text: string }).text).sort(), [
    'ballast failed: somebody look',
    'cargo is built',
  ]);
  const { entry } = await owner.kv.get({ key: 'last-build' });
  assert.equal(entry?.value, 'cargo');
  const rule = (await owner.workflows.listRules()).items.find((each) => each.ruleId === ruleId);
  assert.equal(rule?.runs, 1);
  tell(
    'check',
    'the rule acted on the build that went well, once; the engine saw both and spoke up for the other',
  );
}

/** Rehearsed before it is made. */
async function makeRule({ owner, workspace }: Stage): Promise<string> {
  const on = {
    ...{ eventType: 'build.*', source: `ag::${workspace}::builder::*` },
    condition: 'event.data.ok == true',
  };
  const to = `ag::${workspace}::announcer::default`;
  const body = { text: '{{event.data.name}} is built' };
  const actions = [
    { do: 'send' as const, to, kind: 'chat' as const, body },
    { do: 'putKey' as const, key: 'last-build', value: '{{event.data.name}}' },
  ];
  const event = {
    type: 'build.finished',
    source: `ag::${workspace}::builder::default`,
    data: { name: 'x', ok: false },
  };
  const trial = await owner.workflows.testRule({ rule: { on, actions }, event });
  assert.equal(trial.isMatch, false);
  tell('human', `the owner rehearses a rule: it would do nothing. ${trial.reason}`);
  return (await owner.workflows.createRule({ name: 'announce builds', on, actions })).ruleId;
}
