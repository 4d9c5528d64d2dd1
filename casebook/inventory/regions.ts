import { farApart, sketch, type SketchNode, type Subject } from 'holdfast';
import { consensus } from './designs/consensus.ts';
import { escrow } from './designs/escrow.ts';
import { optimistic } from './designs/optimistic.ts';
import { single } from './designs/single.ts';
import { type Region, REGIONS } from './market.ts';
import { judge, measures, PROMISES } from './promises.ts';

/** How reservations of three regions are kept within the stock. */
export const DESIGNS = {
  single,
  consensus,
  escrow: (node: SketchNode): Region => escrow(node, 'transfers'),
  'bounded-counter': (node: SketchNode): Region => escrow(node, 'bounded counter'),
  'bare-numbers': (node: SketchNode): Region => escrow(node, 'bare numbers'),
  optimistic,
} as const satisfies Readonly<Record<string, (node: SketchNode) => Region>>;

export type Design = keyof typeof DESIGNS;

/** Between regions a message takes this long, one way. */
const DISTANCE = { kind: 'uniform', minUs: 30_000, maxUs: 45_000 } as const;

/** A shop in three regions; users ask their own region only. */
export function regions(design: Design): Subject {
  const subject = sketch({
    name: `inventory: ${design}`,
    nodes: REGIONS,
    operations: ['reserve'],
    survives: ['crash-recovery', 'omission', 'timing'],
    clients: { entry: (client) => [REGIONS[client % REGIONS.length] ?? 'east'], timeoutMs: 1_000 },
    program: DESIGNS[design],
    promises: PROMISES,
    judge,
    metrics: measures,
  });
  return farApart(subject, DISTANCE);
}
