import {
  completed,
  LAMPORT_MISCONCEPTIONS,
  layoutMessageDrawing,
  type MessageDrawing,
  type Misconception,
  orderOf,
  sceneToSvgFile,
  stampsBy,
  VECTOR_MISCONCEPTIONS,
  vectorText,
  wide,
} from '@holdfast/report';
import { type CaseFinding, functionsOf, markCase } from '../code.ts';
import { recordOf } from '../marks.ts';
import type { Grade } from '../exercise.ts';
import { type Relation, relationOf } from './pairMarks.ts';
import { bareTrace, generatedTrace } from './trace.ts';

/** Lamport clocks as a learner writes them. */
export interface CodedLamport {
  /** The stamp of a local event or a sending; `own` is the process's last stamp, 0 at first. */
  next(own: number): number;
  /** The stamp of a receipt; `sent` is that of the message. */
  receive(own: number, sent: number): number;
}

/** Vector clocks as a learner writes them: lists of counts in the order of the processes. */
export interface CodedVector {
  next(own: readonly number[], me: number): readonly number[];
  receive(own: readonly number[], sent: readonly number[], me: number): readonly number[];
}

/** What is submitted. */
export interface CodedClocks {
  readonly lamport: CodedLamport;
  readonly vector: CodedVector;
  /** How an event with the first vector stands to one with the second; they are not the same event. */
  relation(a: readonly number[], b: readonly number[]): Relation;
}

/** Traces that a submission is run on. */
const TRACES = 5;

/** The file a learner begins with. */
export const CODED_CLOCKS_BLANK: string = `import type { CodedClocks } from 'holdfast';

// A counter on each process; a list of counters on each process.
const clocks: CodedClocks = {
  lamport: {
    next: (own) => own,
    receive: (own, sent) => own,
  },
  vector: {
    next: (own, me) => own,
    receive: (own, sent, me) => own,
  },
  relation: (a, b) => 'concurrent',
};

export default clocks;
`;

/** Runs submitted clocks on generated traces: every stamp and every pair. Keeps the first trace with what they made of it, as a picture and a drawing. */
export function gradeClocks(submitted: unknown, seed: number): Grade {
  const clocks = functionsOf<CodedClocks>(submitted, ['relation']);
  functionsOf<CodedLamport>(clocks.lamport, ['next', 'receive']);
  functionsOf<CodedVector>(clocks.vector, ['next', 'receive']);
  recordOf(clocks);
  const traces = Array.from({ length: TRACES }, (_, i) => generatedTrace(seed * 100 + i));
  const marks = traces.flatMap((trace, i) => {
    const drawn = stampedBy(clocks, trace);
    return [
      markCase(`Lamport stamps of trace ${i + 1}`, () => lamportFinding(trace, drawn())),
      markCase(`vector stamps of trace ${i + 1}`, () => vectorFinding(trace, drawn())),
      markCase(`all pairs of trace ${i + 1}`, () => pairFinding(clocks, trace)),
    ];
  });
  const [first] = traces;
  const isSound = first !== undefined && marks.slice(0, 3).every(({ right }) => right);
  return { marks, ...(isSound ? { artefacts: artefactsOf(clocks, first) } : {}) };
}

function stampedBy({ lamport, vector }: CodedClocks, trace: MessageDrawing): () => MessageDrawing {
  return () => {
    const order = orderOf(trace);
    const none = wide([], trace.nodes.length);
    const lamports = stampsBy<number>(trace, order, (own = 0, sent) =>
      sent === undefined ? lamport.next(own) : lamport.receive(own, sent),
    );
    const vectors = stampsBy<readonly number[]>(trace, order, (own = none, sent, me) =>
      sent === undefined ? vector.next([...own], me) : vector.receive([...own], [...sent], me),
    );
    return {
      ...bareTrace(trace),
      events: trace.events.map((event, i) => ({
        ...event,
        lamport: lamports[i] ?? 0,
        vector: vectors[i] ?? [],
      })),
    };
  };
}

function lamportFinding(trace: MessageDrawing, drawn: MessageDrawing): CaseFinding {
  return finding(
    trace,
    drawn.events.map(({ lamport }) => String(lamport)),
    trace.events.map(({ lamport }) => String(lamport)),
    LAMPORT_MISCONCEPTIONS,
    String,
  );
}

function vectorFinding(trace: MessageDrawing, drawn: MessageDrawing): CaseFinding {
  const size = trace.nodes.length;
  const shown = (vector: readonly number[] = []): string => vectorText(wide(vector, size));
  return finding(
    trace,
    drawn.events.map(({ vector }) => shown(vector)),
    trace.events.map(({ vector }) => shown(vector)),
    VECTOR_MISCONCEPTIONS,
    shown,
  );
}

function finding<Stamp>(
  trace: MessageDrawing,
  given: readonly string[],
  right: readonly string[],
  misconceptions: readonly Misconception<Stamp>[],
  shown: (stamp: Stamp) => string,
): CaseFinding {
  const at = given.findIndex((stamp, i) => stamp !== right[i]);
  if (at < 0) return undefined;
  const order = orderOf(trace);
  const belief = misconceptions.find(({ rule }) =>
    stampsBy(trace, order, rule).every((stamp, i) => shown(stamp) === given[i]),
  )?.says;
  const because = `${trace.events[at]?.name ?? ''} gets ${given[at] ?? ''}; it is ${right[at] ?? ''}`;
  return belief === undefined ? { because } : { because, belief };
}

function pairFinding(clocks: CodedClocks, trace: MessageDrawing): CaseFinding {
  const { events } = trace;
  for (const a of events) {
    for (const b of events) {
      if (a.name === b.name) continue;
      const expected = relationOf(trace, a.name, b.name);
      const given = clocks.relation([...(a.vector ?? [])], [...(b.vector ?? [])]);
      if (given === expected) continue;
      const because = `${a.name} ${vectorText(a.vector ?? [])} and ${b.name} ${vectorText(b.vector ?? [])}: ${String(given)}; it is ${expected}`;
      const sum = (vector: readonly number[] = []): number =>
        vector.reduce((total, count) => total + count, 0);
      const bySum =
        expected === 'concurrent' && given === (sum(a.vector) < sum(b.vector) ? 'before' : 'after');
      return bySum
        ? {
            because,
            belief: 'two vectors are always in some order: not when each has an entry above the other',
          }
        : { because };
    }
  }
  return undefined;
}

function artefactsOf(clocks: CodedClocks, trace: MessageDrawing): Readonly<Record<string, string>> {
  const drawn = stampedBy(clocks, trace)();
  const { events } = drawn;
  const concurrent = events.flatMap((a, i) =>
    events
      .slice(i + 1)
      .filter((b) => clocks.relation(a.vector ?? [], b.vector ?? []) === 'concurrent')
      .map((b): readonly [string, string] => [a.name, b.name]),
  );
  const whole: MessageDrawing = { ...completed(drawn), events, concurrent };
  return {
    'message-trace.svg': sceneToSvgFile(layoutMessageDrawing(whole)),
    'message-trace.drawing.json': `${JSON.stringify(whole, null, 1)}\n`,
  };
}
