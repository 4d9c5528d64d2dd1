import type { Operation } from '../history/operation.ts';
import { valueKey } from '../plain/words.ts';
import type { Role } from './values.ts';

const OTHER: Role = { kind: 'other' };
const EMPTY: Role = { kind: 'empty' };
const LOST: Role = { kind: 'lost-take' };

/** Roles of the operations of queues and stacks, by what their names do. Looking at a value is no role: then it is not judged. */
export function actionRole(
  names: Readonly<Record<string, 'put' | 'take' | 'peek'>>,
): (operation: Operation) => Role {
  return ({ f, input, output, outcome }) => {
    const action = Object.hasOwn(names, f) ? names[f] : undefined;
    if (action === 'put') return input === null ? OTHER : { kind: 'put', value: valueKey(input) };
    if (action === undefined || outcome === 'fail') return OTHER;
    if (outcome === 'unknown') return action === 'take' ? LOST : OTHER;
    if (output === null) return EMPTY;
    return action === 'take' ? { kind: 'take', value: valueKey(output) } : OTHER;
  };
}
