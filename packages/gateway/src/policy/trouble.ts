import type { Logger } from 'pino';
import { raiseAlert } from '../alerts/raise.ts';
import type { Ledger } from '../ledger.ts';
import type { FailingPolicy, Trouble } from './attempt.ts';

interface TellOptions {
  readonly ledger: Ledger;
  readonly log: Logger;
}

/** Writes trouble of the policy engine to the log, and raises an alert where a workspace is not decided for. */
export function createTroubleTeller({ ledger, log }: TellOptions): (trouble: Trouble) => void {
  return (trouble) => {
    const { kind, error: err, ...about } = trouble;
    switch (kind) {
      case 'engine.ended':
        return log.error({ err }, 'the policy engine ended and is started anew');
      case 'sandbox.replaced':
        return log.warn({ err, ...about }, 'a policy text was given up and its thread replaced');
      case 'policy.failing':
        log.error({ err, ...about }, 'the policies of a workspace cannot be asked');
        // Later: this may be told in the middle of another commit, which may still be undone.
        setImmediate(() => {
          raise(ledger, trouble).catch((reason: unknown) =>
            log.error({ err: reason }, 'no alert was raised'),
          );
        });
    }
  };
}

async function raise(ledger: Ledger, { workspace, version, mode }: FailingPolicy): Promise<void> {
  const isEnforced = mode === 'enforce';
  await ledger.commit({ workspace, actor: 'system' }, (tx) => {
    raiseAlert(tx, {
      type: 'policy.failing',
      severity: isEnforced ? 'critical' : 'warning',
      title: isEnforced
        ? `The policies (version ${version}) cannot be asked: everything is denied`
        : `The shadow policies (version ${version}) cannot be asked`,
      subject: `policy:${version}`,
      data: { version, mode },
    });
  });
}
