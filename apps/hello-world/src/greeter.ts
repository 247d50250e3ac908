import { required, say, stateFact } from '@bonafide/app-kit/role';
import { Agent, capability, type ExecutionOf } from '@bonafide/p2p';
import { z } from 'zod';

class Greeter extends Agent {
  readonly capabilities = {
    'hello.greet': capability({
      description: 'Greets somebody by name',
      input: z.object({ name: z.string().min(1) }),
      output: z.object({ greeting: z.string() }),
      risk: 'low',
    }),
  };

  execute({ args, from }: ExecutionOf<Greeter>) {
    say(`${from.did.slice(0, 20)}… wants me to greet ${args.name}`);
    return { greeting: `Hello, ${args.name}!` };
  }
}

const where = { url: required('BONAFIDE_URL'), enrolmentToken: required('BONAFIDE_ENROLMENT_TOKEN') };
const greeter = await new Greeter().start({ name: 'greeter', bindAddress: '127.0.0.1', ...where });
process.once('SIGTERM', () => greeter.stop());
stateFact('ready', { did: greeter.agent.did });
