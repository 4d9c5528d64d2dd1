import { latencyQuantile, recordCorrected, recordLatency, startHistogram } from '@holdfast/protocols';
import { type Host, type HostId, linkPolicy, type Program, type World } from '@holdfast/world';
import type { Call, OperationEnd, Subject, SubjectContext } from '../../experiment/subject.ts';
import { type Pattern, type PatternVerdict, quantileOf, runPattern } from './running.ts';

/** A service that is measured in a closed loop, by a meter that waits for each answer before it asks again. */
export interface MeterOptions {
  /** How often the meter means to ask. */
  readonly intervalMs: number;
  /** Whether it counts the asks that it left out while it waited. */
  readonly corrected: boolean;
  /** How far what it says of the 99th percentile may be from the truth, as a share of it. */
  readonly within: number;
}

interface Ask {
  readonly kind: 'ask' | 'answer';
  readonly request: number;
}

const SERVICE: HostId = 0;

/** Quantiles that are compared, for both plots. */
const QUANTILES: readonly number[] = [0.5, 0.9, 0.95, 0.99, 0.999];

/** A service, a meter, and users whose waiting is the truth: operation `ask`. */
export function meter(options: MeterOptions): Subject {
  return {
    name: `a service and its meter${options.corrected ? ', corrected' : ''}`,
    nodes: ['service', 'meter'],
    failureModels: ['timing'],
    operations: ['ask'],
    promises: ['the meter tells the truth'],
    link: linkPolicy({ latency: { kind: 'uniform', minUs: 200, maxUs: 1_000 } }),
    messageLabel: (payload) => (payload as Ask).kind,
    start: (context) => runPattern(new RunningMeter(context, options), () => context.world.nowUs),
  };
}

class RunningMeter implements Pattern {
  private readonly world: World;
  private readonly options: MeterOptions;
  private readonly waiting = new Map<number, (end: OperationEnd) => void>();
  private readonly truthMs: number[] = [];
  private readonly said = startHistogram();
  private requests = 0;
  /** Asks that the meter meant to make and did not, and did not count either. */
  private leftOut = 0;

  constructor({ world, clients }: SubjectContext, options: MeterOptions) {
    this.world = world;
    this.options = options;
    world.start(SERVICE, (host) => ({
      onMessage: (from, payload) => host.send(from, { kind: 'answer', request: (payload as Ask).request }),
      onTimer: () => undefined,
    }));
    world.start(1, (host) => this.meterOn(host));
    for (const id of clients) {
      world.start(id, () => ({
        onMessage: (_from, payload) =>
          this.waiting.get((payload as Ask).request)?.({ outcome: 'ok', output: null }),
        onTimer: () => undefined,
      }));
    }
  }

  issue(client: HostId, _call: Call, done: (end: OperationEnd) => void): void {
    const request = ++this.requests;
    const askedUs = this.world.nowUs;
    this.waiting.set(request, (end) => {
      this.waiting.delete(request);
      this.truthMs.push((this.world.nowUs - askedUs) / 1_000);
      done(end);
    });
    this.world.host(client).send(SERVICE, { kind: 'ask', request } satisfies Ask);
  }

  judge(): PatternVerdict[] {
    const truth = quantileOf(this.truthMs, 0.99);
    const said = latencyQuantile(this.said, 0.99);
    const kept = Math.abs(truth - said) <= this.options.within * truth;
    const reason = `the meter says ${said.toFixed(1)} ms of the 99th percentile, of users it was ${truth.toFixed(1)} ms`;
    return [{ promise: 'the meter tells the truth', kept, reason, examined: this.said.total }];
  }

  metrics(): Record<string, number> {
    const quantiles = QUANTILES.flatMap((share) => [
      [`truth p${share * 100}`, quantileOf(this.truthMs, share)],
      [`said p${share * 100}`, latencyQuantile(this.said, share)],
    ]);
    return { leftOut: this.leftOut, ...Object.fromEntries(quantiles) };
  }

  private meterOn(host: Host): Program {
    const { intervalMs, corrected } = this.options;
    let askedUs = 0;
    const ask = (): void => {
      askedUs = host.monotonicUs();
      host.send(SERVICE, { kind: 'ask', request: 0 } satisfies Ask);
    };
    host.setTimer(intervalMs * 1_000, 'ask');
    return {
      onMessage: () => {
        const tookMs = (host.monotonicUs() - askedUs) / 1_000;
        if (corrected) recordCorrected(this.said, tookMs, intervalMs);
        else {
          recordLatency(this.said, tookMs);
          this.leftOut += Math.floor(tookMs / intervalMs);
        }
        host.setTimer(Math.max(0, intervalMs * 1_000 - tookMs * 1_000), 'ask');
      },
      onTimer: ask,
    };
  }
}
