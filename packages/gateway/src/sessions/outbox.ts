interface Writer {
  flush(): void;
}

/** Writers with something to send; all of them send once at the end of the turn of the event loop. */
export interface Outbox {
  add(writer: Writer): void;
}

export function createOutbox(): Outbox {
  let waiting: Writer[] = [];
  const flushAll = () => {
    const writers = waiting;
    waiting = [];
    for (const writer of writers) writer.flush();
  };
  return {
    add(writer) {
      if (waiting.push(writer) === 1) setImmediate(flushAll);
    },
  };
}
