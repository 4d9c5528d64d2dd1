import type { Operation, Verdict } from '@holdfast/check';
import type { RetryTrace } from '@holdfast/protocols';
import type { HostId, World } from '@holdfast/world';
import type { Call, OperationEnd, RunningSubject, SubjectContext } from '../../experiment/subject.ts';
import { AttemptBook } from './attempts.ts';
import type { CallEnd } from './caller.ts';
import { ServiceClient } from './client.ts';
import { Ledger } from './ledger.ts';
import { figuresOf, type ServiceFigures } from './measures.ts';
import { ServiceObserver } from './observer.ts';
import type { ServiceOptions, Tier } from './options.ts';
import { serviceVerdicts } from './promises.ts';
import { ServiceServer } from './server.ts';

/** Hosts of a tier, by name. */
export function hostNames({ name, replicas = 1 }: Tier): string[] {
  return replicas === 1 ? [name] : Array.from({ length: replicas }, (_, i) => `${name}-${i + 1}`);
}

/** A service and its users in one world. */
export class RunningService implements RunningSubject {
  readonly observer: ServiceObserver;
  /** What the users attempted. */
  private readonly users: AttemptBook;
  private readonly ledgers: Ledger[] = [];
  private readonly world: World;
  private readonly context: SubjectContext;
  private readonly options: ServiceOptions;
  private noted = 0;

  constructor(context: SubjectContext, options: ServiceOptions) {
    const { world } = context;
    this.world = world;
    this.context = context;
    this.options = options;
    this.observer = new ServiceObserver(options, () => world.nowUs);
    const now = (): number => world.nowUs;
    this.users = new AttemptBook(now);
    const hosts = new Map<string, HostId[]>();
    let next = 0;
    for (const tier of options.tiers)
      hosts.set(
        tier.name,
        hostNames(tier).map(() => next++),
      );
    const hostsOf = (tier: string): readonly HostId[] => hosts.get(tier) ?? [];
    for (const [index, tier] of options.tiers.entries()) {
      // All replicas of a tier write to one database.
      const ledger = tier.effect === undefined ? undefined : new Ledger(tier.effect.keyed);
      if (ledger !== undefined) this.ledgers.push(ledger);
      const parts = { tier, index, hostsOf, ledger, observer: this.observer, log: new AttemptBook(now) };
      for (const id of hostsOf(tier.name)) world.start(id, (host) => new ServiceServer(host, parts));
    }
    const entry = hostsOf(options.tiers[0]?.name ?? '');
    for (const id of context.clients)
      world.start(id, (host) => new ServiceClient(host, entry, options.client, this.users));
    world.observe(() => this.noteBreaches());
  }

  issue(client: HostId, { f, key, sequence, process }: Call, done: (end: OperationEnd) => void): void {
    const call = this.observer.issued(f);
    const program = this.world.host(client).program as ServiceClient;
    program.call({ call, f, key: `${key}/${process}.${sequence}` }, (end) => {
      this.observer.ended(call, end);
      done(outcomeOf(end));
    });
  }

  resolve(_role: string): HostId | undefined {
    return undefined;
  }

  healed(): void {
    // Nobody looks after the service by hand.
  }

  isViolated(promise?: string): boolean {
    const { breaches } = this.observer;
    return promise === undefined
      ? breaches.length > 0
      : breaches.some((breach) => breach.promise === promise);
  }

  verdicts(_operations: readonly Operation[]): Verdict[] {
    return serviceVerdicts(this.observer, this.options, this.figures(), this.world.nowUs);
  }

  metrics(): Record<string, number> {
    const figures = this.figures();
    const { observer } = this;
    const { amplifiedTier: _tier, recoveryMs, ...numbers } = figures;
    return {
      ...numbers,
      ...(recoveryMs === undefined ? {} : { recoveryMs }),
      lateWorks: observer.lateWorks,
      works: observer.works,
      effects: observer.effects,
      doubledEffects: observer.doubledEffects,
      keyBytes: this.ledgers.reduce((sum, ledger) => sum + ledger.storedBytes(), 0),
      ...Object.fromEntries([...observer.shedBy].map(([why, count]) => [`shed ${why}`, count])),
    };
  }

  /** What the users did, and what came of it: for the questions asked of every client that retries. */
  retryTrace(): RetryTrace {
    const claims = this.ledgers.flatMap(({ claimed }) => claimed.map(timed));
    const effects = this.ledgers.flatMap((ledger) => ledger.effects.map(timed));
    return this.users.trace({ claims, effects });
  }

  private figures(): ServiceFigures {
    const { healAtUs } = this.context;
    return figuresOf(this.observer, this.options, { healAtUs, endUs: this.world.nowUs });
  }

  private noteBreaches(): void {
    const { breaches } = this.observer;
    for (; this.noted < breaches.length; this.noted++) {
      const breach = breaches[this.noted];
      if (breach === undefined) continue;
      const host = this.context.servers[Math.max(0, breach.tier)] ?? 0;
      this.world.note(host, 'violation', breach.promise, {
        cause: this.world.currentEvent,
        data: breach.reason,
      });
    }
  }
}

function timed({ key, atUs }: { readonly key: string; readonly atUs: number }): {
  key: string;
  atMs: number;
} {
  return { key, atMs: atUs / 1_000 };
}

/** What the user can tell: of an attempt that went unanswered nobody knows whether it had its effect. */
function outcomeOf({ answer, output, mayHaveHappened }: CallEnd): OperationEnd {
  if (answer === 'ok') return { outcome: 'ok', output };
  return { outcome: mayHaveHappened || answer === 'failed' ? 'unknown' : 'fail', output };
}
