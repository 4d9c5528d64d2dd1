import type { Fault } from '@holdfast/world';
import type { Draw } from './workloads/workload.ts';

/** Names of what can strike. */
export const NEMESES = ['partition', 'kill', 'pause'] as const;
/** One of them. */
export type Nemesis = (typeof NEMESES)[number];

/** When what strikes. */
export interface NemesisOptions {
  readonly nemeses: readonly Nemesis[];
  readonly nodes: readonly string[];
  /** Between a strike and its end, and between that and the next strike. */
  readonly intervalUs: number;
  readonly fromUs: number;
  readonly untilUs: number;
}

/** Strikes at intervals, each lasting one; which nodes they part or take is drawn. */
export function nemesisFaults(
  { nemeses, nodes, intervalUs, fromUs, untilUs }: NemesisOptions,
  draw: Draw,
): Fault[] {
  const faults: Fault[] = [];
  if (nemeses.length === 0) return faults;
  for (let atUs = fromUs + intervalUs; atUs < untilUs; atUs += 2 * intervalUs) {
    const when = { atUs, forUs: Math.min(intervalUs, untilUs - atUs) };
    const chosen = nemeses[draw(nemeses.length)] as Nemesis;
    if (chosen === 'partition') faults.push({ id: faults.length, ...when, ...cut(nodes, draw) } as Fault);
    else {
      for (const host of some(nodes, draw))
        faults.push({ id: faults.length, ...when, kind: chosen === 'kill' ? 'crash' : 'pause', host });
    }
  }
  return faults;
}

/** One node alone, a minority, or two halves that only one node reaches both of. */
function cut(nodes: readonly string[], draw: Draw): object {
  const mixed = shuffled(nodes, draw);
  const kind = draw(3);
  const half = Math.max(1, Math.floor((mixed.length - 1) / 2));
  if (kind === 2 && mixed.length >= 3) {
    const middle = Math.floor(mixed.length / 2);
    return { kind: 'bridge', left: mixed.slice(0, middle), right: mixed.slice(middle + 1) };
  }
  const at = kind === 0 ? 1 : half;
  return { kind: 'partition', groups: [mixed.slice(0, at), mixed.slice(at)], unlisted: 'with-all' };
}

/** One node, a minority, a majority, or all. */
function some(nodes: readonly string[], draw: Draw): string[] {
  const mixed = shuffled(nodes, draw);
  const majority = Math.floor(mixed.length / 2) + 1;
  const counts = [1, Math.max(1, mixed.length - majority), majority, mixed.length];
  return mixed.slice(0, counts[draw(counts.length)]);
}

function shuffled(nodes: readonly string[], draw: Draw): string[] {
  const rest = [...nodes];
  return nodes.map(() => rest.splice(draw(rest.length), 1)[0] as string);
}
