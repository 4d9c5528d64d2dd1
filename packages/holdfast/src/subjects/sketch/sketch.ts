import type { Operation, Verdict } from '@holdfast/check';
import { type BootProgram, type HostId, linkPolicy } from '@holdfast/world';
import type {
  Call,
  OperationEnd,
  RunningSubject,
  Subject,
  SubjectContext,
} from '../../experiment/subject.ts';
import { runPattern } from '../patterns/running.ts';
import { type ClientWords, SketchClient } from './client.ts';
import { SketchHost, type Sized, type SketchLedger } from './node.ts';
import type { SketchOptions, SketchRun } from './options.ts';

/** A small system as a subject: see `SketchOptions`. */
export function sketch(options: SketchOptions): Subject {
  const { name, nodes, operations, survives, promises, latency, lies } = options;
  return {
    name,
    nodes,
    failureModels: survives,
    operations,
    promises,
    link: linkPolicy({ latency: latency ?? { kind: 'uniform', minUs: 200, maxUs: 1_000 } }),
    messageLabel: (payload) => {
      const { type, message } = payload as Partial<ClientWords> & Partial<Sized>;
      return message?.type ?? type ?? 'message';
    },
    sizeOf: (payload) => (payload as Partial<Sized>).bytes ?? 256,
    ...(lies === undefined ? {} : { lies }),
    start: (context) => startSketch(context, options),
  };
}

function startSketch(context: SubjectContext, options: SketchOptions): RunningSubject {
  const { world } = context;
  const run = new RunningSketch(context, options);
  const pattern = runPattern(run, () => world.nowUs);
  const versions = Object.entries(options.versions ?? {});
  return {
    ...pattern,
    verdicts: (operations: readonly Operation[]): Verdict[] => {
      run.operations = operations;
      return pattern.verdicts(operations);
    },
    versions: Object.fromEntries(versions.map(([version, program]) => [version, run.boot(program)])),
  };
}

class RunningSketch {
  operations: readonly Operation[] = [];
  private readonly context: SubjectContext;
  private readonly options: SketchOptions;
  private readonly ledger: SketchLedger = { effects: [], messages: 0, bytes: 0 };
  private readonly kept: Record<string, unknown>[];
  private requests = 0;
  private attempts = 0;

  constructor(context: SubjectContext, options: SketchOptions) {
    this.context = context;
    this.options = options;
    this.kept = options.nodes.map(() => ({}));
    const { world, servers, clients } = context;
    for (const id of servers) world.start(id, this.boot(options.program));
    for (const [i, id] of clients.entries()) world.start(id, (host) => new SketchClient(host, this.how(i)));
  }

  boot(program: SketchOptions['program']): BootProgram {
    return (host) => new SketchHost(host, this.kept[host.id] ?? {}, this.ledger, program);
  }

  issue(client: HostId, call: Call, done: (end: OperationEnd) => void): void {
    const { program } = this.context.world.host(client);
    if (program instanceof SketchClient) program.ask(++this.requests, call, done);
    else done({ outcome: 'fail', output: 'the client is down' });
  }

  judge(): ReturnType<SketchOptions['judge']> {
    return this.options.judge(this.run());
  }

  metrics(): Record<string, number> {
    const { messages, bytes, attempts } = this.run();
    return { messages, bytes, attempts, ...this.options.metrics?.(this.run()) };
  }

  private run(): SketchRun {
    const { operations, kept, attempts } = this;
    return { ...this.ledger, operations, kept, attempts, healAtUs: this.context.healAtUs };
  }

  private how(client: number): ConstructorParameters<typeof SketchClient>[1] {
    const { clients, nodes } = this.options;
    const entry = clients.entry?.(client) ?? nodes.slice(0, 1);
    return {
      entry: entry.map((name) => nodes.indexOf(name)),
      timeoutMs: clients.timeoutMs,
      attempts: clients.attempts ?? 1,
      onAttempt: () => this.attempts++,
    };
  }
}
