import { describe, expect, it } from 'vitest';
import type { Core } from '../../src/core/core.ts';
import { EffectList } from '../../src/core/effects.ts';
import { guarded, ImpureCoreError } from '../../src/core/guard.ts';

interface CounterState {
  count: number;
  seen: number[];
}

function counter(
  step: (state: CounterState, value: number) => void,
): Core<CounterState, number, number, number> {
  return {
    name: 'counter',
    boot: () => ({ count: 0, seen: [] }),
    messageType: () => 'Add',
    view: (state) => ({ count: state.count }),
    step(state, event, out) {
      if (event.kind !== 'message') return;
      step(state, event.message);
      state.count += out.choose('extra', 3);
      out.send(event.from, state.count, out.store([{ key: 'count', value: state.count }]));
    },
  };
}

function drive(core: Core<CounterState, number, number, number>): EffectList<number, number> {
  const guard = guarded(core);
  const out = new EffectList<number, number>(7, () => 2);
  const state = guard.boot({ self: 1, records: {} }, out);
  for (let i = 0; i < 3; i++) guard.step(state, { kind: 'message', from: 2, message: i }, out);
  return out;
}

describe('guarded()', () => {
  it('lets a pure core through with its effects unchanged', () => {
    const out = drive(counter((state, value) => void (state.count += value)));
    expect(out.effects.filter((e) => e.kind === 'send').map((e) => [e.message, e.after])).toEqual([
      [2, 7],
      [5, 8],
      [9, 9],
    ]);
  });

  it('names a core that keeps state outside its state', () => {
    let hidden = 0;
    const impure = counter((state) => void (state.count += hidden++));
    expect(() => drive(impure)).toThrow(ImpureCoreError);
    expect(() => drive(impure)).toThrow(/'counter'.*event 'message'.*state\.count/);
  });

  it('names a core that changes the event it was given', () => {
    const core: Core<CounterState, { n: number }, number, number> = {
      ...(counter(() => undefined) as unknown as Core<CounterState, { n: number }, number, number>),
      step(_state, event) {
        if (event.kind === 'message') event.message.n++;
      },
    };
    const guard = guarded(core);
    const out = new EffectList<{ n: number }, number>();
    const state = guard.boot({ self: 1, records: {} }, out);
    expect(() => guard.step(state, { kind: 'message', from: 2, message: { n: 1 } }, out)).toThrow(
      ImpureCoreError,
    );
  });

  it('names a view that changes the state', () => {
    const core = { ...counter(() => undefined), view: (s: CounterState) => ({ count: ++s.count }) };
    expect(() => guarded(core).view({ count: 0, seen: [] })).toThrow(/view/);
  });
});
