import { required, say, stateFact } from '@bonafide/app-kit/role';
import { connectAgent } from '@bonafide/core/session';
import { codeOf } from '../codes.ts';
import { untilStopped } from '../commands.ts';
import { joinAsLaunched } from '../join-launched.ts';

// Started because it was needed. What was sent while it was away is waiting.
const { language } = JSON.parse(required('FLEET_PARAMETERS'));
await using session = await joinAsLaunched();
say(`${session.address} is here`);
session.on('chat', ({ from, body }) => stateFact('got', { from, body }));
await using _worker = session.work({}, ({ task }) => {
  const { about } = task.payload as { readonly about: string };
  return { report: `${about}, in ${language}` };
});
const options = { url: required('BONAFIDE_URL'), token: required('BONAFIDE_TOKEN') };
stateFact('refused', {
  anotherAddress: await codeOf(connectAgent({ ...options, implementation: 'reporter', specifier: 'r2' })),
  administration: await codeOf(session.acl.listRules()),
  launching: await codeOf(session.implementations.put({ implementation: 'x', profile: 'process' })),
});
await untilStopped();
