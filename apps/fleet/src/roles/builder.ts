import { stateFact } from '@bonafide/app-kit/role';
import { untilStopped } from '../commands.ts';
import { join } from '../join.ts';

await using session = await join();
await session.sendEvent('build.finished', { name: 'cargo', ok: true });
await session.sendEvent('build.finished', { name: 'ballast', ok: false });
stateFact('built');
await untilStopped();
