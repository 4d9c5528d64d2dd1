import {
  calls,
  exactly,
  type Experiment,
  experiment,
  type FaultDraft,
  type Subject,
  unclaimed,
  type Workload,
} from 'holdfast';
import { settings } from './patterns/administrators.ts';
import { copies, NARROW } from './patterns/bandwidth.ts';
import { PRICED, watching } from './patterns/cost.ts';
import { OTHER_MACHINE, records } from './patterns/encodings.ts';
import { FAR, pages } from './patterns/latency.ts';
import { LOSSY, orders } from './patterns/reliable.ts';
import { OWNED, transfers } from './patterns/secure.ts';
import { addresses, MOVED } from './patterns/topology.ts';

const ANY = unclaimed({ duringPartition: 'reject', availability: 'none' });

interface Setting {
  readonly operation: string;
  readonly ratePerSecond: number;
  /** The pattern, and its defended twin. */
  readonly subject: (defended: boolean) => Subject;
  /** What the world does that the belief denies. */
  readonly faults: readonly FaultDraft[];
  /** Who asks: one client where a belief says that there is one. */
  readonly clients?: number;
  readonly clientsWhileTrue?: number;
}

/** The keys of a belief's three experiments. */
export type Three<Name extends string> = Name | `${Name}-defended` | `${Name}-while-true`;

/** What is built upon the belief and what is not, against a world that withdraws it; and the former where the belief is true. */
function belief<Name extends string>(name: Name, setting: Setting): Record<Three<Name>, Experiment> {
  const { operation, ratePerSecond, subject, faults, clients = 2, clientsWhileTrue = clients } = setting;
  const load = (users: number): Workload => calls({ clients: users, ratePerSecond, mix: { [operation]: 1 } });
  const of = (key: string, defended: boolean, isTrue: boolean): Experiment =>
    experiment({
      name: key,
      subject: subject(defended),
      workload: load(isTrue ? clientsWhileTrue : clients),
      faults: isTrue || faults.length === 0 ? [] : [exactly(faults)],
      contract: { [operation]: ANY },
      bounds: { simulatedSeconds: 8, recoverWithinMs: 1_000 },
    });
  const three = {
    [name]: of(name, false, false),
    [`${name}-defended`]: of(`${name}-defended`, true, false),
    [`${name}-while-true`]: of(`${name}-while-true`, false, true),
  };
  return three as Record<Three<Name>, Experiment>;
}

const reliable = belief('reliable', {
  operation: 'order',
  ratePerSecond: 20,
  subject: orders,
  faults: LOSSY,
});

const experiments = {
  wrong: reliable.reliable,
  better: reliable['reliable-defended'],
  ...reliable,
  ...belief('zero-latency', { operation: 'page', ratePerSecond: 5, subject: pages, faults: FAR }),
  ...belief('infinite-bandwidth', {
    operation: 'change',
    ratePerSecond: 20,
    subject: copies,
    faults: NARROW,
  }),
  ...belief('secure', { operation: 'transfer', ratePerSecond: 10, subject: transfers, faults: OWNED }),
  ...belief('fixed-topology', { operation: 'call', ratePerSecond: 20, subject: addresses, faults: MOVED }),
  // A second administrator is no fault: there is a second client.
  ...belief('one-administrator', {
    operation: 'set',
    ratePerSecond: 12,
    subject: settings,
    faults: [],
    clientsWhileTrue: 1,
  }),
  ...belief('free-transport', { operation: 'change', ratePerSecond: 2, subject: watching, faults: PRICED }),
  ...belief('homogeneous', {
    operation: 'record',
    ratePerSecond: 10,
    subject: records,
    faults: OTHER_MACHINE,
  }),
};

export default experiments;
