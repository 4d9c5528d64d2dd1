import {
  exactly,
  type Experiment,
  experiment,
  type FaultDraft,
  type FaultSpec,
  type PlannedOperation,
  steady,
  swarm,
  unclaimed,
  type Workload,
} from 'holdfast';
import { GOODS, REGIONS } from './market.ts';
import { races } from './lifecycle/experiment.ts';
import { type Design, DESIGNS, regions } from './regions.ts';

/** When the west is cut off, and when the east is, ms. */
export const CUTS = { west: [3_000, 6_000], east: [7_000, 9_000] } as const;

/** Every second another good comes to market, and every region wants more of it than its share. */
const demand: Workload = {
  name: 'demand',
  clients: REGIONS.length,
  operations: ['reserve'],
  model: null,
  plan: ({ choices, fromUs, untilUs }) => {
    const planned: PlannedOperation[] = [];
    const eachUs = Math.floor((untilUs - fromUs) / GOODS.length);
    for (let atUs = fromUs; ; ) {
      atUs += choices.between(10_000, 70_000, 'gap');
      if (atUs >= untilUs) return planned;
      const key = GOODS[Math.min(GOODS.length - 1, Math.floor((atUs - fromUs) / eachUs))] ?? '';
      const client = choices.below(REGIONS.length, 'client');
      planned.push({ id: planned.length, atUs, client, f: 'reserve', key, input: null });
    }
  },
};

const cut = (region: keyof typeof CUTS, client: string): FaultDraft => ({
  kind: 'partition',
  groups: [[region, client]],
  unlisted: 'rest',
  atUs: CUTS[region][0] * 1_000,
  forUs: (CUTS[region][1] - CUTS[region][0]) * 1_000,
});

const FAULTS: readonly FaultSpec[] = [
  exactly([cut('west', 'C2'), cut('east', 'C1')]),
  steady({ fault: 'duplicate', probability: 0.1 }),
  swarm({ loss: true, reordering: true, crashes: true, pauses: true }),
];

/** Nothing but the two cuts: what is measured is what they do. */
const CUTS_ONLY: readonly FaultSpec[] = [exactly([cut('west', 'C2'), cut('east', 'C1')])];

const any = unclaimed({ duringPartition: 'reject', availability: 'none' });

function under(name: string, design: Design, faults: readonly FaultSpec[]): Experiment {
  return experiment({
    name,
    subject: regions(design),
    workload: demand,
    faults,
    contract: { reserve: any },
    bounds: { simulatedSeconds: 14, recoverWithinMs: 1_500 },
  });
}

const all = Object.fromEntries(
  (Object.keys(DESIGNS) as Design[]).flatMap((design) => [
    [design, under(design, design, FAULTS)],
    [`${design}-cut`, under(`${design}-cut`, design, CUTS_ONLY)],
    [`${design}-calm`, under(`${design}-calm`, design, [])],
  ]),
) as Record<Design | `${Design}-${'cut' | 'calm'}`, Experiment>;

const experiments = {
  wrong: under('wrong', 'optimistic', FAULTS),
  better: under('better', 'bounded-counter', FAULTS),
  ...all,
  reservations: races('reservations'),
  'frees-what-expired': races('frees-what-expired', 'frees-what-expired'),
  'frees-what-is-cancelled': races('frees-what-is-cancelled', 'frees-what-is-cancelled'),
  'pays-what-is-gone': races('pays-what-is-gone', 'pays-what-is-gone'),
};

export default experiments;
