import { assertPlain, clonePlain, type Plain } from '@holdfast/plain';
import { compareDots, type Dot, parseDot } from '../clocks/dot.ts';
import {
  type CausalContext,
  contextOf,
  EMPTY_CONTEXT,
  hasDot,
  joinContexts,
  nextDot,
  parseContext,
} from './causalContext.ts';
import { type DotFun, joinDotFuns } from './dotStores.ts';
import {
  MalformedDeltaError,
  readAscending,
  readingDelta,
  readItems,
  readObject,
  readPair,
  type StateCrdt,
} from './stateCrdt.ts';

/** A register that keeps every value nobody has overwritten. */
export interface MVRegister {
  readonly entries: DotFun;
  readonly context: CausalContext;
}

/** The multi-value register: concurrent values stay side by side until a write that has seen them replaces them. */
export const MVRegister: StateCrdt<MVRegister> & {
  /** The delta of `actor` writing `value` (plain data, copied) over all values seen here. */
  readonly write: (state: MVRegister, actor: string, value: Plain) => MVRegister;
  /** The values nobody has overwritten, by dot; more than one when there is a conflict. */
  readonly values: (state: MVRegister) => readonly Plain[];
} = {
  name: 'mv-register',
  empty: { entries: [], context: EMPTY_CONTEXT },
  join: (a, b) => ({
    entries: joinDotFuns(a.entries, a.context, b.entries, b.context),
    context: joinContexts(a.context, b.context),
  }),
  parse: (value) =>
    readingDelta(() => {
      const fields = readObject(value, 'delta');
      const context = parseContext(fields.context, 'delta.context');
      return { entries: parseDotFun(fields.entries, context, 'delta.entries'), context };
    }),
  write: (state, actor, value) => {
    assertPlain(value, 'value');
    const dot = nextDot(state.context, actor);
    return {
      entries: [[dot, clonePlain(value)]],
      context: contextOf([...state.entries.map(([held]) => held), dot]),
    };
  },
  values: (state) => state.entries.map(([, value]) => value),
};

/** Reads values by dot, each covered by the context, or throws. */
export function parseDotFun(value: unknown, context: CausalContext, path: string): DotFun {
  const entries = readItems(value, path).map((item, i): readonly [Dot, Plain] => {
    const [dot, held] = readPair(item, `${path}[${i}]`);
    assertPlain(held, `${path}[${i}][1]`);
    return [parseCovered(dot, context, `${path}[${i}][0]`), clonePlain(held)];
  });
  return readAscending(entries, (x, y) => compareDots(x[0], y[0]), path);
}

/** Reads a dot that the context covers, or throws. */
export function parseCovered(value: unknown, context: CausalContext, path: string): Dot {
  const dot = parseDot(value, path);
  if (!hasDot(context, dot)) throw new MalformedDeltaError(path, 'a dot its context covers', value);
  return dot;
}
