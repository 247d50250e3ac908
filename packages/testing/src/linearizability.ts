/** What one client did, and what it knows of the answer. Times are of one clock. */
export interface Operation<Input, Output> {
  readonly input: Input;
  readonly calledAt: number;
  /** Absent when the answer never came: it may have happened at any time since, or not at all. */
  readonly answer?: { readonly output: Output; readonly at: number };
}

/** What a correct server would do. */
export interface Model<Input, Output, State> {
  readonly initial: State;
  /** The same text for the same state. */
  keyOf(state: State): string;
  /** The state after the operation; undefined when no correct server gives this output. Without an output: what it changes, undefined for nothing. */
  step(state: State, input: Input, output: Output | undefined): State | undefined;
}

interface Event {
  /** Index of the operation. */
  readonly id: number;
  readonly kind: 'call' | 'return';
  previous?: Event | undefined;
  next?: Event | undefined;
  /** Of a call: its return, when there was one. */
  readonly match?: Event | undefined;
}

interface Choice<State> {
  readonly call: Event;
  /** What it was before the operation. */
  readonly state: State;
  readonly mask: bigint;
}

/**
 * Whether there is an order of the operations, each within its call and its answer, in which a correct server would have
 * given these answers. Wing and Gong's search with Lowe's memory of what was tried, as in Porcupine: an operation is lifted
 * out of the history when it may come next, and put back when that leads nowhere.
 */
export function isLinearizable<Input, Output, State>(
  model: Model<Input, Output, State>,
  operations: readonly Operation<Input, Output>[],
): boolean {
  const head = toHistory(operations);
  const tried = new Set<string>();
  const choices: Choice<State>[] = [];
  let [state, mask, event] = [model.initial, 0n, head.next];
  let unanswered = operations.filter(({ answer }) => answer !== undefined).length;

  /** Takes the operation as the next one, unless that was tried from here before. */
  function take(call: Event): boolean {
    const operation = operations[call.id];
    const after = operation && model.step(state, operation.input, operation.answer?.output);
    if (after === undefined) return false;
    const taken = mask | (1n << BigInt(call.id));
    const memory = `${taken.toString(36)} ${model.keyOf(after)}`;
    if (tried.has(memory)) return false;
    tried.add(memory);
    choices.push({ call, state, mask });
    lift(call);
    if (call.match) unanswered -= 1;
    [state, mask, event] = [after, taken, head.next];
    return true;
  }

  while (unanswered > 0) {
    if (event?.kind === 'call') {
      if (!take(event)) event = event.next;
      continue;
    }
    // An answer whose call was not taken: what was taken last was wrong.
    const last = choices.pop();
    if (!last) return false;
    putBack(last.call);
    if (last.call.match) unanswered += 1;
    [state, mask, event] = [last.state, last.mask, last.call.next];
  }
  return true;
}

/** Calls and returns in the order of time, as a list that operations are lifted out of. */
function toHistory(operations: readonly Operation<unknown, unknown>[]): Event {
  const timed = operations.flatMap(({ calledAt, answer }, id) => {
    if (!answer) return [{ at: calledAt, event: newCall(id, undefined) }];
    const match: Event = { id, kind: 'return' };
    return [
      { at: calledAt, event: newCall(id, match) },
      { at: answer.at, event: match },
    ];
  });
  // At the same time calls come first, so that two operations may be in either order.
  const order = ({ kind }: Event) => (kind === 'call' ? 0 : 1);
  timed.sort((a, b) => a.at - b.at || order(a.event) - order(b.event));
  const head: Event = { id: -1, kind: 'return' };
  let last = head;
  for (const { event } of timed) {
    last.next = event;
    event.previous = last;
    last = event;
  }
  return head;
}

function newCall(id: number, match: Event | undefined): Event {
  return { id, kind: 'call', match };
}

function lift(call: Event): void {
  for (const event of call.match ? [call, call.match] : [call]) {
    if (event.previous) event.previous.next = event.next;
    if (event.next) event.next.previous = event.previous;
  }
}

/** In the reverse order of lifting, so that the neighbours are there again. */
function putBack(call: Event): void {
  for (const event of call.match ? [call.match, call] : [call]) {
    if (event.previous) event.previous.next = event;
    if (event.next) event.next.previous = event;
  }
}
