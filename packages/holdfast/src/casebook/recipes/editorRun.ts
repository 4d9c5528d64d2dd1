import type { RunResult } from '../../simulate/simulate.ts';
import { CaseError } from '../errors.ts';
import { traceOf } from './raftRun.ts';

/** An event of an editor's replica as the trace shows it; nodes are A, B and C. */
export interface EditorEvent {
  /** `A1` is the first event of node A. */
  readonly name: string;
  readonly node: string;
  readonly kind: 'edit' | 'receive';
  readonly id: number;
  readonly what: string;
  readonly wallMs: number;
  /** As the replica stamped it. */
  readonly lamport: number;
  readonly vector: Readonly<Record<string, number>>;
}

const NAMES: Readonly<Record<string, string>> = { N1: 'A', N2: 'B', N3: 'C' };

/** Every edit and every hearing of one, in order of time. Throws `CaseError` for a run on other than three nodes. */
export function editorEvents(result: RunResult): EditorEvent[] {
  const trace = traceOf(result);
  const servers = trace.nodes.filter(({ role }) => role === 'server');
  if (servers.length !== 3) {
    throw new CaseError(
      'documents',
      `read a trace of three nodes from a run on ${servers.length}`,
      'run it in three regions',
    );
  }
  const counts = new Map<string, number>();
  const authors = new Map<number, string>();
  return trace.events.flatMap((event): EditorEvent[] => {
    const match = event.kind === 'note' ? /^(edit|receive) (\d+)$/.exec(event.label) : null;
    if (match === null) return [];
    const node = NAMES[trace.nodes[event.node]?.name ?? ''] ?? '';
    const count = (counts.get(node) ?? 0) + 1;
    counts.set(node, count);
    const name = `${node}${count}`;
    const kind = match[1] as 'edit' | 'receive';
    const id = Number(match[2]);
    if (kind === 'edit') authors.set(id, name);
    const data = event.data as {
      readonly field: string;
      readonly wallMs: number;
      readonly lamport: number;
      readonly vector: Readonly<Record<string, number>>;
    };
    const vector = Object.fromEntries(
      Object.entries(data.vector).map(([host, n]) => [NAMES[host] ?? host, n]),
    );
    const what = kind === 'edit' ? `edits ${data.field}` : `hears of ${authors.get(id) ?? 'an edit'}`;
    return [{ name, node, kind, id, what, wallMs: data.wallMs, lamport: data.lamport, vector }];
  });
}

/** Happens-before by following chains of steps and messages, and the stamps that it implies: no clock is asked. */
export function causalOracle(events: readonly EditorEvent[]): {
  readonly before: (a: number, b: number) => boolean;
  readonly longestPath: readonly number[];
  readonly counts: readonly Record<string, number>[];
} {
  const past: Set<number>[] = [];
  const longestPath: number[] = [];
  const last = new Map<string, number>();
  const made = new Map<number, number>();
  for (const [i, { node, kind, id }] of events.entries()) {
    const causes = [last.get(node), kind === 'receive' ? made.get(id) : undefined].filter(
      (at) => at !== undefined,
    );
    past.push(new Set(causes.flatMap((at) => [at, ...(past[at] ?? [])])));
    longestPath.push(1 + Math.max(0, ...causes.map((at) => longestPath[at] ?? 0)));
    last.set(node, i);
    if (kind === 'edit') made.set(id, i);
  }
  const counts = events.map(({ node }, i) => {
    const count: Record<string, number> = { [node]: 1 };
    for (const at of past[i] ?? []) {
      const where = events[at]?.node ?? '';
      count[where] = (count[where] ?? 0) + 1;
    }
    return count;
  });
  return { before: (a, b) => past[b]?.has(a) ?? false, longestPath, counts };
}
