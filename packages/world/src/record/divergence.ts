import { firstDifference } from '@holdfast/plain';
import type { Trace, TraceEvent } from '@holdfast/trace';

/** Where two runs that should be one first differ. */
export interface Divergence {
  /** Position in both traces of the first event that differs. */
  readonly index: number;
  /** The event of the first run; undefined when it has ended. */
  readonly left: TraceEvent | undefined;
  readonly right: TraceEvent | undefined;
  /** The field that differs: `at`, `data.term`, ...; empty when one run has ended. */
  readonly field: string;
  /** One sentence naming both sides. */
  readonly text: string;
}

/** Compares two traces event by event; undefined when they are equal. */
export function firstDivergence(left: Trace, right: Trace): Divergence | undefined {
  const length = Math.max(left.events.length, right.events.length);
  for (let index = 0; index < length; index++) {
    const a = left.events[index];
    const b = right.events[index];
    const field = a === undefined || b === undefined ? '' : firstDifference(a, b);
    if (field === undefined) continue;
    const text =
      `The runs differ first at event ${index}${field === '' ? '' : ` in ${field}`}: ` +
      `one has ${describe(left, a)}, the other has ${describe(right, b)}`;
    return { index, left: a, right: b, field, text };
  }
  return undefined;
}

function describe(trace: Trace, event: TraceEvent | undefined): string {
  if (event === undefined) return 'ended';
  const node = event.node < 0 ? 'the world' : (trace.nodes[event.node]?.name ?? `node ${event.node}`);
  return `'${event.kind} ${event.label}' at ${node} at ${event.at} us`;
}
