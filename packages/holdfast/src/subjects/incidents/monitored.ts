import { MONITORED } from '@holdfast/report';
import type { Experiment } from '../../experiment/experiment.ts';
import type { FaultDraft } from '../../faults/spec.ts';
import type { SketchAnswer, SketchNode, SketchProgram, SketchRequest } from '../sketch/options.ts';
import { incidentExperiment, regularly } from './incident.ts';

/** What happens to a monitored service: nothing, or one thing that one panel shows. */
export const MONITORED_RUNS = ['calm', 'violations', 'denials', 'rollbacks', 'budget', 'retries'] as const;
/** One of them. */
export type MonitoredRun = (typeof MONITORED_RUNS)[number];

/** What happens, happens from then on, or at that time. */
const AT_MS = 3_000;
const UNTIL_MS = 5_000;
const WORK_MS = 2;
const SLOW_MS = 120;
/** Clients of the web and of mobile devices. */
const COHORTS = ['web', 'mobile'] as const;

/** What is deployed: it would charge nothing. */
const NEXT = { version: 'v2', fee: -1 } as const;

function passesItsTest({ fee }: { readonly fee: number }): boolean {
  return fee >= 0;
}

/** Pays once for each order, for whoever may; a deployment that fails its own test is taken back before anybody uses it. */
class Service implements SketchProgram {
  private readonly node: SketchNode;
  private readonly run: MonitoredRun;
  private readonly paid = new Set<string>();
  private readonly waiting = new Map<string, () => void>();
  private version = 'v1';
  private works = 0;

  constructor(node: SketchNode, run: MonitoredRun) {
    this.node = node;
    this.run = run;
    node.effect(MONITORED.begins, 'service');
    if (run === 'rollbacks') node.timer('deploy', AT_MS);
  }

  request(request: SketchRequest, answer: (answer: SketchAnswer) => void): void {
    const { f, key, input, id, attempt } = request;
    const { cohort, mayPay } = input as { readonly cohort: string; readonly mayPay: boolean };
    if (attempt > 1) this.node.effect(MONITORED.retry, `${f}/${cohort}`);
    if (f === 'pay' && !mayPay) {
      this.node.effect(MONITORED.denial, cohort);
      // A denial is an answer: it burns no budget.
      return answer({ outcome: 'ok', output: 'denied' });
    }
    const isSlow = this.run === 'budget' && this.isNow();
    const name = `work/${++this.works}`;
    this.waiting.set(name, () => {
      if (f === 'pay') this.pay(key, `${id}`);
      answer({ outcome: 'ok', output: this.version });
    });
    this.node.timer(name, isSlow ? SLOW_MS : WORK_MS);
  }

  timer(name: string): void {
    if (name === 'deploy') {
      if (passesItsTest(NEXT)) this.version = NEXT.version;
      else this.node.effect(MONITORED.rollback, `${NEXT.version} to ${this.version}: its own test failed`);
      return;
    }
    this.waiting.get(name)?.();
    this.waiting.delete(name);
  }

  /** An order is paid once, by whichever call comes first; the broken service looks at the call and not at the order. */
  private pay(order: string, call: string): void {
    const name = this.run === 'violations' && this.isNow() ? `${order}/${call}` : order;
    if (this.paid.has(name)) return;
    this.paid.add(name);
    this.node.effect('paid', order);
    if ([...this.paid].filter((each) => each.split('/')[0] === order).length > 1)
      this.node.effect(MONITORED.violation, `${order} was paid twice`);
  }

  private isNow(): boolean {
    return this.node.upMs() >= AT_MS && this.node.upMs() < UNTIL_MS;
  }
}

/** A monitored service in which one thing goes wrong: that one panel shows it, and no other. */
export function monitoredExperiment(run: MonitoredRun): Experiment {
  const lost: FaultDraft = {
    kind: 'loss',
    hosts: ['C2'],
    probability: 0.1,
    atUs: AT_MS * 1_000,
    forUs: (UNTIL_MS - AT_MS) * 1_000,
  };
  return incidentExperiment({
    name: `monitored-${run}`,
    nodes: ['service'],
    operations: ['pay', 'read'],
    clients: 2,
    // Asked again so soon that several attempts fit what users are promised.
    asks: { timeoutMs: run === 'budget' ? 400 : 8, attempts: 5 },
    survives: ['omission'],
    program: (node) => new Service(node, run),
    steps: (choices) =>
      regularly(choices, { fromMs: 500, untilMs: 7_000, everyMs: 15 }, (n) => {
        const isStranger = run === 'denials' && n % 10 === 0 && n > 150 && n < 300;
        return {
          client: n % 2,
          f: n % 4 < 2 ? 'pay' : 'read',
          // Every order is asked to be paid by two calls.
          key: `order-${Math.floor(n / 8)}`,
          input: { cohort: COHORTS[n % 2] ?? 'web', mayPay: !isStranger },
        };
      }),
    faults: run === 'retries' ? [lost] : [],
    promises: ['an order is paid once'],
    judge: ({ effects }) => {
      const paid = effects.filter(({ what }) => what === 'paid').map(({ key }) => key);
      const twice = paid.length - new Set(paid).size;
      const reason = `${twice} of ${paid.length} payments were of orders that had been paid`;
      return [{ promise: 'an order is paid once', kept: twice === 0, reason, examined: paid.length }];
    },
  });
}
