// Takes states as fast as they come and gives them on as fast as they are wanted: one that was overtaken is left out.
// So whatever makes the states never waits for a slow reader, and nothing is kept for it but the newest.

interface Held<State> {
  newest: { readonly state: State } | null;
  isEnded: boolean;
  /** The reader has gone: nothing more is taken. */
  isLeft: boolean;
  wake: () => void;
}

/** Ends, or throws, as `states` does; the last state before that is always given. */
export async function* newestOnly<State>(states: AsyncIterable<State>): AsyncGenerator<State, void> {
  const held: Held<State> = { newest: null, isEnded: false, isLeft: false, wake: () => {} };
  const reading = takeAll(states, held);
  // Its failure is thrown below, behind the last state; until then nobody looks at it.
  reading.catch(() => undefined);
  try {
    for (;;) {
      // Made before looking: what happens while looking must not be slept through.
      const changed = new Promise<void>((resolve) => {
        held.wake = resolve;
      });
      const { newest } = held;
      held.newest = null;
      if (newest !== null) yield newest.state;
      else if (held.isEnded) return await reading;
      else await changed;
    }
  } finally {
    held.isLeft = true;
  }
}

async function takeAll<State>(states: AsyncIterable<State>, held: Held<State>): Promise<void> {
  try {
    for await (const state of states) {
      if (held.isLeft) return;
      held.newest = { state };
      held.wake();
    }
  } finally {
    held.isEnded = true;
    held.wake();
  }
}
