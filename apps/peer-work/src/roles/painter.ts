import { createHash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { required, say, stateFact } from '@bonafide/app-kit/role';
import { Agent, capability, type ExecutionOf, type IncomingIntent } from '@bonafide/p2p';
import { INSIDE, painted, paintRow, view } from '../picture.ts';
import { findPlace } from '../places.ts';

const CAPABILITY = 'picture.paint';
const SIZE = { width: 640, height: 400 };
const PRICE_USDC = '0.05';
const QUOTE_MS = 300_000;

class Painter extends Agent {
  readonly capabilities = {
    [CAPABILITY]: capability({
      description: 'Paints a part of the Mandelbrot set, row by row',
      input: view,
      output: painted,
      priceUsdc: PRICE_USDC,
      risk: 'low',
      needsIntent: true,
    }),
  };

  override onIntent({ request }: IncomingIntent) {
    const query = 'query' in request ? request.query : '';
    const place = findPlace(query);
    if (!place) return { status: 'declined', message: 'I paint places of the Mandelbrot set.' } as const;
    const expiresAt = new Date(Date.now() + QUOTE_MS).toISOString();
    say(`asked for '${query}': offers ${place.name} for ${PRICE_USDC} USDC`);
    const { centre, extent } = place;
    return {
      status: 'accepted',
      capability: CAPABILITY,
      message: `I can paint ${place.name}, ${SIZE.width} by ${SIZE.height} points.`,
      quote: { amountUsdc: PRICE_USDC, expiresAt },
      requiredInput: { default: { centre, extent, ...SIZE } },
      expiresAt,
    } as const;
  }

  async execute({ args, signal, write, report }: ExecutionOf<Painter>) {
    const digest = createHash('sha256');
    let inside = 0;
    for (let row = 0; row < args.height; row += 1) {
      signal.throwIfAborted();
      const points = paintRow(args, row);
      inside += points.filter((point) => point === INSIDE).length;
      digest.update(points);
      await write(points);
      report({ fraction: (row + 1) / args.height, step: `row ${row + 1} of ${args.height}` });
      // Others are answered between two rows.
      await turn();
    }
    say(`painted ${args.height} rows`);
    return { rows: args.height, inside, digest: digest.digest('hex') };
  }
}

const where = { url: required('BONAFIDE_URL'), enrolmentToken: required('BONAFIDE_ENROLMENT_TOKEN') };
const { BIND_ADDRESS: bindAddress } = process.env;
const painter = await new Painter().start({ name: 'painter', bindAddress, ...where });
process.once('SIGTERM', () => painter.stop());
stateFact('ready', { did: painter.agent.did });
