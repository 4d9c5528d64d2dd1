import {
  exactly,
  type Experiment,
  experiment,
  farApart,
  type FaultDraft,
  type FaultSpec,
  type Plain,
  type PlannedOperation,
  sketch,
  type Subject,
  steady,
  swarm,
  unclaimed,
  type Workload,
} from 'holdfast';
import { BY_FIELD, ONE_RECORD, type Policy, REGIONS, TOGGLES } from './fields.ts';
import { judge, PROMISES } from './promises.ts';
import { region } from './region.ts';

/** The operations on a profile: what a user does, and which field it is about. */
export const OPERATIONS = ['name', 'email', 'toggle', 'delete', 'write', 'read', 'look'] as const;

const DISTANCE = { kind: 'uniform', minUs: 20_000, maxUs: 40_000 } as const;

function profiles(name: string, policy: Policy): Subject {
  const subject = sketch({
    name: `profiles: ${name}`,
    nodes: REGIONS,
    operations: OPERATIONS,
    survives: ['crash-recovery', 'omission', 'timing'],
    clients: { entry: (client) => [REGIONS[client % REGIONS.length] ?? 'home'], timeoutMs: 800 },
    program: (node) => region(node, policy),
    promises: PROMISES,
    judge: (run) => judge(run, policy),
  });
  return farApart(subject, DISTANCE);
}

/** When the east is cut off, ms. */
export const CUT = [3_000, 7_000] as const;

const ADDRESSES = 6;

/** Users in three regions who change what they like of few accounts, and look at them. */
const changes = (accountCount: number): Workload => ({
  name: 'changes',
  clients: REGIONS.length,
  operations: OPERATIONS,
  model: null,
  plan: ({ choices, fromUs, untilUs, finalUntilUs }) => {
    const planned: Omit<PlannedOperation, 'id'>[] = [];
    const accounts = Array.from({ length: accountCount }, (_, i) => `ann-${i + 1}`);
    const add = (f: string, key: string, atUs: number, input: Plain = null): void => {
      planned.push({ atUs, client: choices.below(REGIONS.length, 'client'), f, key, input });
    };
    const any = (): number => choices.between(fromUs, untilUs, 'at');
    for (const account of accounts) {
      // A choice is made once, all three at about the same time and anywhere.
      const atUs = any();
      for (const toggle of TOGGLES) {
        add(
          'toggle',
          `${account}/${toggle}`,
          Math.min(untilUs, atUs + choices.between(0, 80_000, 'gap')),
          true,
        );
      }
      if (choices.chance(0.5, 'deleted')) add('delete', account, any());
    }
    let value = 0;
    for (let atUs = fromUs; ; ) {
      atUs += choices.between(5_000, 60_000, 'gap');
      if (atUs >= untilUs) break;
      const account = choices.pick(accounts, 'account');
      const f = choices.pick(['name', 'email', 'write', 'read', 'look', 'look'], 'f');
      if (f === 'name') add(f, account, atUs, `Ann ${++value}`);
      else if (f === 'email') add(f, account, atUs, `ann${choices.below(ADDRESSES, 'address')}@example.org`);
      else add(f, account, atUs, f === 'write' ? ++value : null);
    }
    const gapUs = Math.floor((finalUntilUs - untilUs) / (accountCount + 1));
    for (const [i, account] of accounts.entries()) add('look', account, untilUs + (i + 1) * gapUs);
    return planned.toSorted((a, b) => a.atUs - b.atUs).map((operation, id) => ({ ...operation, id }));
  },
});

/** Few accounts, so that changes of one meet; and many, so that of each field enough is asked to be counted. */
const [FEW, MANY] = [changes(8), changes(80)];

const cut: FaultDraft = {
  kind: 'partition',
  groups: [['east', 'C2']],
  unlisted: 'rest',
  atUs: CUT[0] * 1_000,
  forUs: (CUT[1] - CUT[0]) * 1_000,
};

const FAULTS: readonly FaultSpec[] = [
  exactly([cut]),
  steady({ fault: 'duplicate', probability: 0.1 }),
  swarm({ loss: true, reordering: true, crashes: true, pauses: true }),
];

const any = unclaimed({ duringPartition: 'reject', availability: 'none' });

function under(
  name: string,
  change: Partial<Policy>,
  faults: readonly FaultSpec[] = FAULTS,
  workload = FEW,
): Experiment {
  return experiment({
    name,
    subject: profiles(name, { ...BY_FIELD, ...change }),
    workload,
    faults,
    contract: Object.fromEntries(OPERATIONS.map((f) => [f, any])),
    bounds: { simulatedSeconds: 13, recoverWithinMs: 1_500 },
  });
}

/** Each keeps one field by a policy that another field could have. */
const TWINS = {
  'last-heard': { name: 'last heard' },
  'local-email': { email: 'local' },
  'whole-marketing': { marketing: 'whole' },
  'deletion-is-a-write': { deletion: 'a write' },
  'local-security': { security: 'local' },
} as const satisfies Readonly<Record<string, Partial<Policy>>>;

export type TwinName = keyof typeof TWINS;

const twins = Object.fromEntries(
  Object.entries(TWINS).map(([name, change]) => [name, under(name, change)]),
) as Record<TwinName, Experiment>;

const experiments = {
  wrong: under('wrong', ONE_RECORD),
  better: under('better', {}),
  'by-field-cut': under('by-field-cut', {}, [exactly([cut])], MANY),
  'one-record-cut': under('one-record-cut', ONE_RECORD, [exactly([cut])], MANY),
  ...twins,
};

export default experiments;
