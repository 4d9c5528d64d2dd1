import type { Plain } from '@holdfast/plain';
import type { PlannedOperation, Workload } from '../../experiment/workload.ts';

/** One client's part of a load: the same operation again and again, a little irregular. */
export interface LoadPart {
  readonly f: string;
  /** From 0. */
  readonly client: number;
  readonly everyMs: number;
  readonly fromMs?: number;
  readonly untilMs?: number;
  /** By the number of the operation within this part, from 0. Default: its `f` and the number. */
  readonly key?: (i: number) => string;
  readonly input?: (i: number) => Plain;
}

/** The load of a scenario: its parts, and at last one operation for each of `finally`, when everything has healed. */
export function scenarioLoad(options: {
  readonly name: string;
  readonly clients: number;
  readonly parts: readonly LoadPart[];
  readonly finally?: { readonly f: string; readonly client: number; readonly keys: readonly string[] };
}): Workload {
  const { name, clients, parts, finally: last } = options;
  return {
    name,
    clients,
    operations: [...new Set([...parts.map(({ f }) => f), ...(last === undefined ? [] : [last.f])])],
    model: null,
    plan: ({ choices, fromUs, untilUs, finalUntilUs }) => {
      const planned: Omit<PlannedOperation, 'id'>[] = [];
      for (const { f, client, everyMs, fromMs, untilMs, key, input } of parts) {
        const until = untilMs === undefined ? untilUs : untilMs * 1_000;
        let atUs = fromMs === undefined ? fromUs : fromMs * 1_000;
        for (let i = 0; ; i++) {
          atUs += choices.between(everyMs * 500, everyMs * 1_500, 'gap');
          if (atUs >= until) break;
          planned.push({ atUs, client, f, key: key?.(i) ?? `${f}-${i}`, input: input?.(i) ?? null });
        }
      }
      const keys = last?.keys ?? [];
      const gapUs = Math.floor((finalUntilUs - untilUs) / (keys.length + 1));
      for (const [i, key] of keys.entries()) {
        planned.push({
          atUs: untilUs + (i + 1) * gapUs,
          client: last?.client ?? 0,
          f: last?.f ?? '',
          key,
          input: null,
        });
      }
      return planned.toSorted((a, b) => a.atUs - b.atUs).map((operation, id) => ({ ...operation, id }));
    },
  };
}

/** Faults that last from one instant to another, ms. */
export function during(fromMs: number, untilMs: number): { readonly atUs: number; readonly forUs: number } {
  return { atUs: fromMs * 1_000, forUs: (untilMs - fromMs) * 1_000 };
}
