import { required, say, stateFact } from '@bonafide/app-kit/role';
import { openSession, type Session } from '@bonafide/core/session';
import { untilStopped, untilTold } from '../commands.ts';
import { register } from '../join.ts';

// Several sessions of one key, each with an address of its own.
const count = Number(required('FLEET_SESSIONS'));
const messages = Number(required('FLEET_MESSAGES'));
const swarms = required('FLEET_SWARMS').split(',');
const options = await register();
const implementation = required('FLEET_NAME');
const specifiers = Array.from({ length: count }, (_, index) => String(index));

await using open = new AsyncDisposableStack();
const sessions = await Promise.all(
  specifiers.map((specifier) =>
    openSession({ ...options, principal: { type: 'agent', implementation, specifier } }),
  ),
);
for (const session of sessions) open.use(session);
stateFact('connected');

const everyone = swarms.flatMap((swarm) =>
  specifiers.map((specifier) => `ag::${required('FLEET_WORKSPACE')}::${swarm}::${specifier}`),
);
const received = Promise.all(sessions.map((session) => receive(session, (everyone.length - 1) * messages)));
await untilTold('talk');
await Promise.all(sessions.map(talk));
const lists = await received;
say(`${count} sessions got ${lists.flat().length} messages`);
stateFact('received', {
  received: lists.flat().length,
  isOrdered: lists.flatMap(bySender).every(isCounting),
});
await untilStopped();

interface Received {
  readonly from: string;
  readonly number: number;
}

async function receive(session: Session, expected: number): Promise<readonly Received[]> {
  const list: Received[] = [];
  for await (const { from, body } of session.receive('chat')) {
    list.push({ from, number: Number(body) });
    if (list.length === expected) break;
  }
  return list;
}

async function talk(session: Session): Promise<void> {
  const others = everyone.filter((address) => address !== session.address);
  const sends = others.flatMap((to) =>
    Array.from({ length: messages }, (_, number) => session.send(to, number)),
  );
  await Promise.all(sends);
}

function bySender(list: readonly Received[]): readonly Received[][] {
  return [...Map.groupBy(list, ({ from }) => from).values()];
}

/** 0, 1, 2, … without a gap or a repetition. */
function isCounting(list: readonly Received[]): boolean {
  return list.length === messages && list.every(({ number }, index) => number === index);
}
