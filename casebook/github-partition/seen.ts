import type { RunResult } from 'holdfast';

/** What a run of two sites shows of its partition. Times are simulated microseconds. */
export interface Seen {
  readonly cutUs: number;
  readonly healUs: number;
  /** When the recovery was announced; infinite when it never was. */
  readonly recoveredUs: number;
  readonly steps: readonly string[];
  /** Writes the comparison found on the lost site only, and those of them that clients had been told of. */
  readonly divergent: readonly string[];
  readonly divergentAcknowledged: readonly string[];
  /** When the lost site stopped by itself, and when another was appointed; infinite when never. */
  readonly fencedUs: number;
  readonly appointedUs: number;
  readonly appointed: string;
  /** Modes each site showed between the cut and its end. */
  readonly modes: Readonly<Record<string, readonly string[]>>;
  /** Acknowledgements between the cut and its end, by site and time. */
  readonly acknowledgedUs: readonly number[];
}

/** Reads a run with its trace. */
export function seenIn({ trace, plan }: RunResult): Seen {
  const cut = plan.faults.find(({ kind }) => kind === 'partition');
  const [cutUs, healUs] = [cut?.atUs ?? 0, (cut?.atUs ?? 0) + (cut?.forUs ?? 0)];
  const notes = (trace?.events ?? []).filter(({ kind }) => kind === 'note');
  const of = (label: string): { at: number; node: number; data: Readonly<Record<string, unknown>> }[] =>
    notes
      .filter((note) => note.label === label)
      .map(({ at, node, data }) => ({ at, node, data: data as Readonly<Record<string, unknown>> }));
  const east = of('acked').filter(({ node }) => node === 0);
  const told = new Set(east.map(({ data }) => String(data.id)));
  const divergent = of('compared').flatMap(({ data }) => data.divergent as readonly string[]);
  const recovery = of('recovery');
  const appointment = of('appointed')[0];
  return {
    cutUs,
    healUs,
    recoveredUs: recovery.find(({ data }) => data.step === 'announce')?.at ?? Infinity,
    steps: recovery.map(({ data }) => String(data.step)),
    divergent,
    divergentAcknowledged: divergent.filter((id) => told.has(id)),
    fencedUs: of('fenced').find(({ node }) => node === 0)?.at ?? Infinity,
    appointedUs: appointment?.at ?? Infinity,
    appointed: appointment === undefined ? 'nobody' : `N${Number(appointment.data.primary)}`,
    modes: Object.fromEntries(['N1', 'N2'].map((name, node) => [name, modesOf(trace, node, cutUs, healUs)])),
    acknowledgedUs: of('acked')
      .map(({ at }) => at)
      .filter((at) => at > cutUs && at < healUs),
  };
}

function modesOf(trace: RunResult['trace'], node: number, cutUs: number, healUs: number): string[] {
  const shown = (trace?.events ?? [])
    .filter(({ kind, node: at, at: us }) => kind === 'state' && at === node && us > cutUs && us < healUs)
    .map(({ data }) => {
      const { mode, role } = data as Readonly<Record<string, unknown>>;
      return `${String(role)}, ${String(mode)}`;
    });
  return [...new Set(shown)];
}

/** Operations of one kind asked during the cut, on the side of these clients, and how they ended before it was over. */
export function askedInCut(
  result: RunResult,
  f: string,
  clients: readonly string[],
): { readonly asked: number; readonly answered: number; readonly reasons: readonly string[] } {
  const { trace, history } = result;
  const { cutUs, healUs } = seenIn(result);
  const ids = new Set(
    trace?.events
      .filter(({ kind, node }) => kind === 'invoke' && clients.includes(trace.nodes[node]?.name ?? ''))
      .map(({ operation }) => operation),
  );
  const asked = history.operations.filter(
    ({ id, f: kind, invokedAt }) => kind === f && ids.has(id) && invokedAt > cutUs && invokedAt < healUs,
  );
  const answered = asked.filter(({ outcome, completedAt }) => outcome === 'ok' && completedAt < healUs);
  return {
    asked: asked.length,
    answered: answered.length,
    reasons: [...new Set(asked.flatMap(refusal))].toSorted(),
  };
}

function refusal({ outcome, output }: RunResult['history']['operations'][number]): string[] {
  return outcome === 'fail' && typeof output === 'string' ? [output] : [];
}
