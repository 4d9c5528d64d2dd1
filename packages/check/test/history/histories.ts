import fc from 'fast-check';
import { type History, HistoryBuilder, type Outcome } from '@holdfast/check';
import type { Plain } from '@holdfast/plain';

/** What makes up one arbitrary operation. */
interface Draft {
  readonly process: number;
  readonly f: string;
  readonly key: string | undefined;
  readonly input: Plain;
  readonly outcome: Outcome;
  readonly output: Plain;
  readonly wait: number;
  readonly takes: number;
  readonly node: number | undefined;
}

/** Plain data as histories hold it; -0 is 0, as in every format. */
export const plainValues: fc.Arbitrary<Plain> = fc
  .jsonValue({ maxDepth: 2 })
  .map((value) => JSON.parse(JSON.stringify(value)) as Plain);

/** Valid histories: any values, processes that never overlap themselves and never return from the unknown. */
export function histories(f: fc.Arbitrary<string>, values: fc.Arbitrary<Plain>): fc.Arbitrary<History> {
  const draft: fc.Arbitrary<Draft> = fc.record({
    process: fc.nat(4),
    f,
    key: fc.option(fc.string({ maxLength: 3 }), { nil: undefined }),
    input: values,
    outcome: fc.constantFrom<Outcome>('ok', 'fail', 'unknown'),
    output: values,
    wait: fc.nat(5),
    takes: fc.nat(20),
    node: fc.option(fc.nat(4), { nil: undefined }),
  });
  return fc.array(draft, { maxLength: 30 }).map(historyOf);
}

function historyOf(drafts: readonly Draft[]): History {
  const builder = new HistoryBuilder();
  const busyUntil = new Map<number, number>();
  let at = 0;
  let fresh = 10;
  for (const { process, f, key, input, outcome, output, wait, takes, node } of drafts) {
    at += wait;
    const client = (busyUntil.get(process) ?? 0) <= at ? process : fresh++;
    const id = builder.invoke(client, f, input, at, { key, node });
    builder.complete(id, outcome, output, at + takes);
    busyUntil.set(client, outcome === 'unknown' ? Number.POSITIVE_INFINITY : at + takes);
  }
  return builder.finish(at + 100);
}
