interface Pacer {
  /** Has the work done soon; again, when it is under way. */
  wake(): void;
  /** Resolves once the work is not running and never will. */
  stop(): Promise<void>;
}

const LEAST_PAUSE_MS = 200;
const MOST_PAUSE_MS = 2000;
/** Work that took long, because it was much or the machine is busy, is done less often. */
const PAUSE_PER_WORK = 20;

/** Runs work after it was woken, once for however many wakes, and with pauses, so that it never crowds out the rest. */
export function createPacer(work: () => Promise<void>): Pacer {
  let isWoken = false;
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let pauseMs = LEAST_PAUSE_MS;

  function schedule(): void {
    if (!isWoken || isStopped || timer || running) return;
    timer = setTimeout(() => {
      timer = undefined;
      isWoken = false;
      running = run();
    }, pauseMs);
    timer.unref();
  }

  async function run(): Promise<void> {
    const startedMs = performance.now();
    await work();
    const tookMs = performance.now() - startedMs;
    pauseMs = Math.min(MOST_PAUSE_MS, Math.max(LEAST_PAUSE_MS, tookMs * PAUSE_PER_WORK));
    running = undefined;
    schedule();
  }

  return {
    wake() {
      isWoken = true;
      schedule();
    },
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
