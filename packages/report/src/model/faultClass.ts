import type { FaultSpan } from '@holdfast/trace';

/** What a fault takes away: ways between nodes, nodes themselves, or only quality (speed, clocks, single messages). */
export type FaultClass = 'cut' | 'node' | 'other';

/** Classes in the order readers care about them, with the name of their row. */
export const FAULT_CLASSES: readonly (readonly [kind: FaultClass, name: string])[] = [
  ['cut', 'cuts'],
  ['node', 'nodes'],
  ['other', 'other'],
];

/** The class of a fault, by the words of its kind. */
export function faultClass(span: FaultSpan): FaultClass {
  const kind = span.kind.toLowerCase();
  if (/partition|one-way|bridge|channel|flap|black-?hole|isolat|split|cut/.test(kind)) return 'cut';
  if (/crash|amnesia|pause|suspend|kill|stop|upgrade|outage|byzantine|restart/.test(kind)) return 'node';
  return 'other';
}

/** Faults with the gravest first: cuts, then nodes, then the rest; each by its beginning, longest first. */
export function gravestFirst(spans: readonly FaultSpan[]): readonly FaultSpan[] {
  const rank = (span: FaultSpan): number => FAULT_CLASSES.findIndex(([kind]) => kind === faultClass(span));
  return spans.toSorted((a, b) => rank(a) - rank(b) || a.from - b.from || b.until - a.until);
}
