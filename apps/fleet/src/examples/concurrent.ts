import assert from 'node:assert/strict';
import { tell } from '@bonafide/app-kit';
import type { Stage } from '../fleet.ts';

const SESSIONS = 4;
const MESSAGES = 25;
const SWARMS = ['red', 'blue'];

/** Sessions of two processes, every one sends to every other at the same time. */
export async function concurrent(stage: Stage): Promise<void> {
  const swarms = SWARMS.map((name) =>
    stage.start({
      ...{ file: 'swarm', role: 'agent' as const, name },
      environment: {
        FLEET_SWARMS: SWARMS.join(),
        FLEET_SESSIONS: `${SESSIONS}`,
        FLEET_MESSAGES: `${MESSAGES}`,
      },
    }),
  );
  for (const swarm of swarms) await swarm.fact('connected');
  for (const swarm of swarms) swarm.send('talk');
  const everyone = SWARMS.length * SESSIONS;
  for (const swarm of swarms) {
    const { received, isOrdered } = await swarm.fact<{ received: number; isOrdered: boolean }>('received');
    assert.equal(received, SESSIONS * (everyone - 1) * MESSAGES);
    assert.ok(isOrdered, 'the messages of one sender come in the order in which it sent them');
  }
  const total = everyone * (everyone - 1) * MESSAGES;
  tell('check', `${everyone} sessions sent ${total} messages; all arrived, each once, in order per pair`);
}
