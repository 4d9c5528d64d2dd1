import type { Operation, Verdict } from '@holdfast/check';
import type { Plain } from '@holdfast/plain';
import type {
  ClientMessage,
  Core,
  LabCall,
  LabMonitor,
  LabVariant,
  NodeId,
  ProtocolLab,
} from '@holdfast/protocols';
import type { Host, HostId, Program, World } from '@holdfast/world';
import type { Call, OperationEnd, RunningSubject, SubjectContext } from '../../experiment/subject.ts';
import { bootCore, type BootCore, CLIENTS, CoreProgram, PEERS } from '../../simulate/coreProgram.ts';
import type { LabClientCore } from './clients.ts';

type AnyCore = Core<unknown, unknown, unknown, unknown>;
type Server = CoreProgram<unknown, unknown, unknown, unknown>;
type Client = CoreProgram<unknown, unknown, unknown, { readonly outcome: string }>;

/** What travels from a client to a node: the command, and the call it stands for. */
interface Request {
  readonly command: unknown;
  readonly call: LabCall;
}

/** What a running lab is made of. */
export interface LabPrograms {
  readonly lab: ProtocolLab;
  readonly variant: LabVariant;
  readonly core: AnyCore;
  readonly client: LabClientCore;
}

const hostOf = (node: NodeId): HostId => node - 1;
const nodeOf = (host: HostId): NodeId => host + 1;

/** One group of a lab's nodes with its clients in one world, watched by the lab's monitor. */
export class RunningLab implements RunningSubject {
  private readonly world: World;
  private readonly context: SubjectContext;
  private readonly lab: ProtocolLab;
  private readonly core: AnyCore;
  private readonly boot: BootCore;
  private readonly monitor: LabMonitor<unknown, unknown, unknown>;
  /** When each promise was first seen broken. */
  private readonly brokenAt = new Map<string, number>();
  private breachesSeen = 0;
  private readonly liars = new Set<HostId>();
  /** Calls that reached a node over connections that never copy: `from/to/attempt`. */
  private readonly arrived = new Set<string>();

  constructor(context: SubjectContext, { lab, variant, core, client }: LabPrograms) {
    this.context = context;
    this.world = context.world;
    this.lab = lab;
    this.core = core;
    this.boot = context.boot ?? bootCore;
    this.monitor = lab.monitor(variant);
    for (const id of context.servers) this.world.start(id, (host) => this.bootServer(host));
    for (const id of context.clients) {
      this.world.start(id, (host) => this.boot(client, host, { hostOf, nodeOf, channel: CLIENTS }));
    }
    this.world.observe((host) => this.observe(host));
  }

  issue(client: HostId, call: Call, done: (end: OperationEnd) => void): void {
    const request: Request = { command: this.lab.command(call), call };
    (this.world.host(client).program as Client).request(request, (end) => {
      const { outcome, result, error } = end as {
        readonly outcome: 'ok' | 'fail' | 'unknown';
        readonly result?: unknown;
        readonly error?: string;
      };
      if (outcome !== 'ok') {
        done({ outcome, output: error ?? null });
        return;
      }
      const answer = this.lab.answer(result);
      if (answer.kind === 'done') done({ outcome: 'ok', output: answer.output });
      else done({ outcome: 'fail', output: answer.kind === 'refused' ? answer.why : answer.kind });
    });
  }

  resolve(role: string): HostId | undefined {
    if (role !== 'leader') return undefined;
    return this.servers().find(({ state }) => this.lab.leads?.(state) === true)?.host.id;
  }

  healed(): void {
    // The lab has no operator to call off.
  }

  isViolated(promise?: string): boolean {
    return promise === undefined ? this.brokenAt.size > 0 : this.brokenAt.has(promise);
  }

  verdicts(_operations: readonly Operation[]): Verdict[] {
    this.monitor.ended?.(new Map(this.servers().map(({ node, state }) => [node, state])));
    this.noteBreaches();
    return this.lab.promises.map((promise) => this.verdict(promise));
  }

  metrics(): Record<string, number> {
    return { breaches: this.monitor.breaches.length, liars: this.liars.size };
  }

  private verdict(promise: string): Verdict {
    const examined = this.monitor.examined(promise);
    const evidence = { examined, steps: examined };
    const breach = this.monitor.breaches.find((b) => b.promise === promise);
    if (breach !== undefined) {
      const atUs = this.brokenAt.get(promise) ?? this.world.nowUs;
      return { promise, status: 'violated', reason: breach.reason, evidence: { ...evidence, atUs } };
    }
    const reason =
      examined === 0
        ? 'nothing happened that could have broken it, so nothing was examined'
        : `it was examined ${examined === 1 ? 'once' : `${examined} times`} and never seen broken`;
    return { promise, status: 'holds', reason, evidence };
  }

  private bootServer(host: Host): Program {
    this.monitor.started?.(nodeOf(host.id));
    return this.boot(this.core, host, {
      hostOf,
      nodeOf,
      channel: PEERS,
      observer: { note: (node, kind, data) => this.monitor.noted?.(node, kind, data) },
      onOther: (program, from, payload) => this.serve(program.host, from, payload),
    });
  }

  /** A client's call reaches a node: hand it over, and send the answer back the way it came. */
  private serve(host: Host, from: HostId, payload: unknown): void {
    const message = payload as ClientMessage<Request, unknown>;
    if (message.kind !== 'call' || this.isCopy(host.id, from, message.attempt)) return;
    const { incarnation } = host;
    const { command, call } = message.command;
    this.monitor.requested?.(nodeOf(host.id), command, call);
    (host.program as Server).request(command, (result) => {
      this.monitor.answered?.(nodeOf(host.id), command, result);
      if (host.incarnation !== incarnation) return;
      host.send(from, { kind: 'answer', attempt: message.attempt, result }, CLIENTS);
    });
  }

  // A connection numbers its bytes, so that a copy made by the network is not heard twice.
  private isCopy(to: HostId, from: HostId, attempt: number): boolean {
    const { clients } = this.lab;
    if (clients.kind === 'matching' || clients.retries) return false;
    const name = `${from}/${to}/${attempt}`;
    if (this.arrived.has(name)) return true;
    this.arrived.add(name);
    return false;
  }

  private observe(host: Host): void {
    if (host.id >= this.context.servers.length || !(host.program instanceof CoreProgram)) return;
    const node = nodeOf(host.id);
    if (host.rewrite !== undefined && !this.liars.has(host.id)) {
      this.liars.add(host.id);
      this.monitor.lies?.(node);
    }
    this.monitor.observe?.(node, (host.program as Server).state);
    this.noteBreaches();
  }

  private noteBreaches(): void {
    const { breaches } = this.monitor;
    for (; this.breachesSeen < breaches.length; this.breachesSeen++) {
      const breach = breaches[this.breachesSeen];
      if (breach === undefined || this.brokenAt.has(breach.promise)) continue;
      this.brokenAt.set(breach.promise, this.world.nowUs);
      const cause = this.world.currentEvent;
      const data: Plain = breach.reason;
      this.world.note(hostOf(breach.node), 'violation', breach.promise, { cause, data });
    }
  }

  private servers(): Server[] {
    return this.context.servers.flatMap((id) => {
      const { program } = this.world.host(id);
      return program instanceof CoreProgram ? [program as Server] : [];
    });
  }
}
