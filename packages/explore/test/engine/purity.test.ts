import { type Core, ImpureCoreError } from '@holdfast/protocols';
import { describe, expect, it } from 'vitest';
import { explore, ImpureModelError, type Spec, SpecError } from '../../src/index.ts';

interface Count {
  value: number;
  seen: { at: number };
}

/** Passes a token around a ring of three while each node counts to nine; `spoil` is what an impure core does beside. */
function counters(spoil: (state: Count, message: { hops: number }) => void): Parameters<typeof explore>[0] {
  const core: Core<Count, { hops: number }, never, never> = {
    name: 'counter',
    boot({ self }, out): Count {
      for (let hops = 0; hops < 6; hops++) out.send((self % 3) + 1, { hops });
      return { value: 0, seen: { at: 0 } };
    },
    step(state, event): void {
      if (event.kind !== 'message') return;
      state.value++;
      spoil(state, event.message);
    },
    messageType: () => 'token',
    view: ({ value }) => ({ value }),
  };
  return { name: 'counters', nodes: [1, 2, 3].map((id) => ({ id, core })) };
}

function failure(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('code that is not a function of its arguments', () => {
  it('S3.23 a pure core raises no alarm, though some of its steps are run again', () => {
    const result = explore(counters(() => undefined));
    expect(result.end).toBe('complete');
    expect(result.work.rechecks).toBeGreaterThan(1_000);
  });

  it('S3.23 a core that keeps something outside its state is named with the place', () => {
    let outside = 0;
    const error = failure(() => explore(counters((state) => (state.seen.at = ++outside % 1000))));
    expect(error).toBeInstanceOf(ImpureCoreError);
    expect(error).toMatchObject({ core: 'counter', where: 'state.seen.at' });
  });

  it('S3.23 a core that changes a message is named', () => {
    const error = failure(() => explore(counters((_, message) => message.hops++)));
    expect(error).toBeInstanceOf(ImpureCoreError);
    expect(error).toMatchObject({ core: 'counter', where: 'event' });
  });

  it('S3.23 a specification that answers differently is named', () => {
    let calls = 0;
    const spec: Spec<{ x: number; y: number }> = {
      name: 'fickle',
      init: [{ x: 0, y: 0 }],
      actions: [
        {
          name: 'step',
          run(s): boolean {
            calls++;
            // Reads another variable every second time.
            const other = calls % 2 === 0 ? s.y : s.x;
            s.x = (s.x + other + s.y + 1) % 50;
            return true;
          },
        },
      ],
    };
    const error = failure(() => explore(spec));
    expect(error).toBeInstanceOf(ImpureModelError);
    expect(error).toMatchObject({ model: 'fickle' });
  });

  it('S3.23 a property that changes the state is refused', () => {
    const spec: Spec<{ x: number }> = {
      name: 'meddler',
      init: [{ x: 0 }],
      actions: [],
      always: {
        meddles: (s) => {
          s.x = 1;
          return true;
        },
      },
    };
    expect(failure(() => explore(spec))).toBeInstanceOf(SpecError);
  });
});
