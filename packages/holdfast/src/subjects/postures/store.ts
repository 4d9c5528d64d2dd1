import type { Operation } from '@holdfast/check';
import type { Subject } from '../../experiment/subject.ts';
import { farApart } from '../distance.ts';
import type { PatternVerdict } from '../patterns/running.ts';
import type { SketchRun } from '../sketch/options.ts';
import { sketch } from '../sketch/sketch.ts';
import { AnyNode } from './anyNode.ts';
import { checkPosture, type PostureOptions } from './posture.ts';
import { PrimaryNode } from './primaryNode.ts';

/** The three regions, one node each; the first is the primary at first. */
export const REGIONS: readonly string[] = ['paris', 'oslo', 'rome'];

/** What a message takes from region to region, and half of it: whoever answers sooner has asked nobody there. */
const BETWEEN = { minUs: 20_000, maxUs: 90_000 } as const;
/** A read that takes no longer has waited for no other region, microseconds. */
export const FAST_US: number = BETWEEN.minUs;

/** How a store is judged: the promises, and one verdict each. */
export interface Judged {
  readonly promises: readonly string[];
  readonly judge: (run: SketchRun) => readonly PatternVerdict[];
  readonly metrics?: (run: SketchRun) => Readonly<Record<string, number>>;
}

/**
 * A replicated store of three regions whose posture is a setting. Client i is in region i modulo 3 and asks the node there, always.
 * Throws `ExperimentError`.
 */
export function postureStore(
  name: string,
  operations: readonly string[],
  options: PostureOptions,
  judged: Judged,
): Subject {
  checkPosture(options);
  const subject = sketch({
    name,
    nodes: REGIONS,
    operations,
    survives: ['omission'],
    clients: { entry: (client) => [regionOf(client)], timeoutMs: 900 },
    program: (node) =>
      options.posture.order === 'primary'
        ? new PrimaryNode(node, options, REGIONS.length)
        : new AnyNode(node, options, REGIONS.length),
    ...judged,
  });
  return farApart(subject, { kind: 'uniform', ...BETWEEN });
}

function regionOf(client: number): string {
  return REGIONS[client % REGIONS.length] ?? '';
}

/** What an operation asks for, and for whom: as an input that says both. */
export interface Asking {
  readonly [field: string]: number;
  readonly by: number;
  readonly amount: number;
}

/** Who asked: the input of every operation of these workloads tells it, a value's last two digits or a field. */
export function clientOf({ input }: Pick<Operation, 'input'>): number {
  return typeof input === 'number' ? input % 100 : (input as unknown as Asking).by;
}
