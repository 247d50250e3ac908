import { type Outcome, type State, unless } from './state.ts';

const maxPause = 7 * 86_400;
const pauseInterval = 23 * 86_400;

export const isPaused = (state: State): boolean => state.now < state.pause.end;

export function pausedSeconds({ now, pause }: State): number {
  return pause.earlier + Math.min(now, pause.end) - pause.start;
}

/** The time that deadlines are measured in; it stands still in a pause. */
export const clock = (state: State): number => state.now - pausedSeconds(state);

export function pause(state: State, caller: string): Outcome {
  const { earlier, start, end } = state.pause;
  const broken = {
    NotGuardian: caller !== state.guardian,
    PauseNotAllowedYet: end !== 0 && state.now < end + pauseInterval,
  };
  const next = { earlier: earlier + end - start, start: state.now, end: state.now + maxPause };
  return unless(broken, () => ({ ...state, pause: next }));
}

export function unpause(state: State, caller: string): Outcome {
  const broken = { NotGuardian: caller !== state.guardian, NotPaused: !isPaused(state) };
  return unless(broken, () => ({ ...state, pause: { ...state.pause, end: state.now } }));
}
