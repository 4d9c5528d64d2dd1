import { ExperimentError } from '../experiment/errors.ts';
import type { FaultSpec } from './spec.ts';

/** One partition at a fixed time. */
export interface PartitionOptions {
  /** Groups of server names, or `leader` for whoever leads when it strikes. Servers in no group keep all their links. */
  readonly sides: readonly (readonly string[])[];
  readonly atMs: number;
  readonly forMs: number;
  /** Where clients are: dealt out over the sides in turn (default), or reaching all servers. */
  readonly clients?: 'split' | 'with-all';
}

/** The sides exchange nothing for a while. */
export function partition(options: PartitionOptions): FaultSpec {
  const { sides, atMs, forMs } = options;
  requireTime('partition.atMs', atMs, 0);
  requireTime('partition.forMs', forMs, 0.001);
  const names = sides.flat();
  if (sides.length < 2 || sides.some((side) => side.length === 0)) {
    throw new ExperimentError(
      'partition.sides',
      'needs at least two sides, none of them empty',
      'list server names per side',
    );
  }
  if (new Set(names).size !== names.length) {
    throw new ExperimentError('partition.sides', 'names a server twice', 'name each server on one side');
  }
  return {
    name: `partition ${sides.map((side) => `{${side.join(',')}}`).join(' | ')}`,
    kinds: ['partition'],
    hosts: names,
    plan: ({ clients }) => {
      const groups = sides.map((side, i) => [
        ...side,
        ...(options.clients === 'with-all' ? [] : clients.filter((_, c) => c % sides.length === i)),
      ]);
      const unlisted = 'with-all' as const;
      return [
        {
          kind: 'partition',
          groups,
          unlisted,
          atUs: Math.round(atMs * 1000),
          forUs: Math.round(forMs * 1000),
        },
      ];
    },
  };
}

/** Throws unless a time in milliseconds is finite and not below `min`. */
export function requireTime(where: string, value: number, min: number): void {
  if (Number.isFinite(value) && value >= min) return;
  throw new ExperimentError(
    where,
    `must be at least ${min} milliseconds: current value is ${value}`,
    'give a time in range',
  );
}
