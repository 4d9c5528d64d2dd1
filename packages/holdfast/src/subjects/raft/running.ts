import type { Authority, Operation, Verdict } from '@holdfast/check';
import { equalPlain, firstDifference, hashPlain, type Plain } from '@holdfast/plain';
import {
  type AppliedCommand,
  type ClientMessage,
  type ClientResult,
  type ClientState,
  ConsensusMonitor,
  type Core,
  type RaftCommand,
  type RaftMessage,
  RaftMonitor,
  type RaftResult,
  type RaftState,
  type ReadMode,
} from '@holdfast/protocols';
import type { BootProgram, Host, HostId, Program, World } from '@holdfast/world';
import type { Asked, Call, OperationEnd, RunningSubject, SubjectContext } from '../../experiment/subject.ts';
import { bootCore, type BootCore, CLIENTS, CoreProgram, PEERS } from '../../simulate/coreProgram.ts';
import { RaftMetrics } from './metrics.ts';
import { Operator } from './operator.ts';
import { callWords, changedSomething, kvOperation } from './operation.ts';
import type { RaftKvOptions } from './options.ts';
import { heldReason, times, WATCHED_PROMISES } from './promises.ts';

type Server = CoreProgram<RaftState, RaftMessage, RaftCommand, RaftResult>;
/** A server's program, in one version. */
export type RaftCore = Core<RaftState, RaftMessage, RaftCommand, RaftResult>;
type ClientCore = Core<
  ClientState<RaftCommand>,
  ClientMessage<RaftCommand, RaftResult>,
  RaftCommand,
  ClientResult<RaftResult>
>;
type Client = CoreProgram<
  ClientState<RaftCommand>,
  ClientMessage<RaftCommand, RaftResult>,
  RaftCommand,
  ClientResult<RaftResult>
>;

/** The programs of a store: its servers', the versions they can be upgraded to, and its clients'. */
export interface RaftKvPrograms {
  readonly core: RaftCore;
  readonly versions: Readonly<Record<string, RaftCore>>;
  readonly clientCore: ClientCore;
}

/** Machine states are compared at every so many applied entries. */
const COMPARE_EVERY = 64;
const MACHINE_PROMISE = 'equal states at equal applied index';

const hostOf = (node: number): HostId => node - 1;
const nodeOf = (host: HostId): number => host + 1;

/** One Raft group with its clients in one world, watched by its monitors. */
export class RunningRaftKv implements RunningSubject {
  private readonly world: World;
  private readonly context: SubjectContext;
  private readonly options: RaftKvOptions;
  readonly versions: Readonly<Record<string, BootProgram>>;
  private readonly clientCore: ClientCore;
  private readonly boot: BootCore;
  private readonly monitor = new RaftMonitor();
  private readonly consensus = new ConsensusMonitor();
  private readonly telemetry = new RaftMetrics();
  private readonly operator: Operator | undefined;
  /** Where each client command was first applied: `client * 2^20 + sequence` -> entry. */
  private readonly appliedAt = new Map<number, { index: number; term: number }>();
  /** Hash of the machine's state at some applied indexes, and who showed it. */
  private readonly machineHashes = new Map<number, { hash: number; node: number }>();
  private machineViolation: Verdict | undefined;
  private compared = 0;
  /** When each promise was first seen broken. */
  private readonly brokenAt = new Map<string, number>();

  constructor(
    context: SubjectContext,
    options: RaftKvOptions,
    { core, versions, clientCore }: RaftKvPrograms,
  ) {
    this.context = context;
    this.world = context.world;
    this.options = options;
    this.boot = context.boot ?? bootCore;
    this.versions = Object.fromEntries(
      Object.entries(versions).map(([name, version]) => [name, (host) => this.bootServer(host, version)]),
    );
    this.clientCore = clientCore;
    for (const id of context.servers) this.world.start(id, (host) => this.bootServer(host, core));
    for (const id of context.clients) this.world.start(id, (host) => this.bootClient(host));
    this.world.observe((host) => this.observe(host));
    const { changes, churnEveryMs, transfers } = options;
    if (changes !== undefined || churnEveryMs !== undefined || transfers !== undefined) {
      this.operator = new Operator(context, options, () => this.leader());
    }
  }

  issue(client: HostId, call: Call, done: (end: OperationEnd) => void): void {
    const program = this.world.host(client).program as Client;
    const command = this.commandOf(call, this.options.reads ?? 'index');
    program.request(command, (result) => {
      if (result.outcome !== 'ok') {
        done({ outcome: result.outcome, output: result.error });
        return;
      }
      if (!result.result.ok) {
        done({ outcome: 'fail', output: result.result.detail });
        return;
      }
      const { value } = result.result;
      this.told(call, value);
      done({ outcome: 'ok', output: value });
    });
  }

  /** What to send a server for a call, which the monitors expect to be carried out from now on. */
  commandOf(call: Call, read: ReadMode): RaftCommand {
    const client = call.process + 1;
    const operation = kvOperation(call);
    this.consensus.proposed(client, call.sequence, operation);
    return { client, sequence: call.sequence, operation, ...(call.f === 'read' ? { read } : {}) };
  }

  /** A client has been told that its call succeeded: from now on what it changed must stay. */
  told(call: Call, value: Plain): void {
    if (changedSomething(call, value)) this.acknowledged(call);
  }

  /** A quorum of the voters decides; while the group changes, or a lease outlives a cut, that cannot be told by counting. */
  authority({ side }: Asked): Authority {
    const { nodes, voters, changes, churnEveryMs, reads } = this.options;
    if (changes !== undefined || churnEveryMs !== undefined || reads === 'lease') return 'unknown';
    const known = voters ?? Array.from({ length: nodes }, (_, i) => i + 1);
    const near = known.filter((node) => side.includes(hostOf(node))).length;
    return near * 2 > known.length ? 'with' : 'without';
  }

  resolve(role: string): HostId | undefined {
    return role === 'leader' ? this.leader()?.host.id : undefined;
  }

  healed(): void {
    this.operator?.stop();
  }

  isViolated(promise?: string): boolean {
    if (promise === undefined) return this.brokenAt.size > 0 || this.machineViolation !== undefined;
    return promise === MACHINE_PROMISE ? this.machineViolation !== undefined : this.brokenAt.has(promise);
  }

  verdicts(_operations: readonly Operation[]): Verdict[] {
    const leader = this.leader();
    if (leader !== undefined) this.monitor.checkAcknowledged(leader.node, leader.state);
    this.noteBreaches();
    this.compareMachines();
    return [...this.monitorVerdicts(), this.machineVerdict()];
  }

  metrics(): Record<string, number> {
    const { state } = this.leader() ?? this.newest() ?? {};
    return this.telemetry.report(this.world.nowUs, state);
  }

  private bootServer(host: Host, core: RaftCore): Program {
    this.monitor.restarted(nodeOf(host.id));
    this.consensus.restarted(nodeOf(host.id));
    this.telemetry.restarted(nodeOf(host.id));
    return this.boot(core, host, {
      hostOf,
      nodeOf,
      channel: PEERS,
      observer: { note: (node, kind, data) => this.noted(node, kind, data) },
      onOther: (program, from, payload) => this.answerClient(program.host, from, payload),
    });
  }

  private bootClient(host: Host): Program {
    return this.boot(this.clientCore, host, { hostOf, nodeOf, channel: CLIENTS });
  }

  /** A client's call reaches a server: hand it over, and send the answer back the way it came. */
  private answerClient(host: Host, from: HostId, payload: unknown): void {
    const message = payload as ClientMessage<RaftCommand, RaftResult>;
    if (message.kind !== 'call') return;
    const { incarnation } = host;
    (host.program as Server).request(message.command, (result) => {
      if (!result.ok && result.error === 'busy') this.telemetry.rejectedByAdmission++;
      if (host.incarnation === incarnation)
        host.send(from, { kind: 'answer', attempt: message.attempt, result }, CLIENTS);
    });
  }

  private noted(node: number, kind: string, data: unknown): void {
    if (kind === 'apply') {
      const { index, term, client, sequence } = data as Record<
        'index' | 'term' | 'client' | 'sequence',
        number
      >;
      const key = client * 0x100000 + sequence;
      if (client !== 0 && !this.appliedAt.has(key)) this.appliedAt.set(key, { index, term });
      this.consensus.applied(node, data as AppliedCommand);
      if (index % COMPARE_EVERY === 0) this.compareMachine(node, index);
    } else if (kind === 'role') {
      if ((data as { role: string }).role === 'leader') this.telemetry.leaderChanges++;
    } else if (kind === 'snapshot') {
      const { action, index } = data as { readonly action: string; readonly index: number };
      this.telemetry.snapshot(node, action, index);
      if (action === 'install') this.consensus.installed(node, index);
    }
  }

  private observe(host: Host): void {
    if (host.id >= this.context.servers.length || !(host.program instanceof CoreProgram)) return;
    const state = (host.program as Server).state;
    this.monitor.observe(nodeOf(host.id), state);
    this.consensus.observe(nodeOf(host.id), state);
    this.noteBreaches();
    this.telemetry.observe(nodeOf(host.id), state, this.world.nowUs);
  }

  private noteBreaches(): void {
    const { monitor, consensus, brokenAt } = this;
    if (brokenAt.size === monitor.violations.size + consensus.violations.size) return;
    for (const { promise, node, reason } of [
      ...monitor.violations.values(),
      ...consensus.violations.values(),
    ]) {
      if (brokenAt.has(promise)) continue;
      brokenAt.set(promise, this.world.nowUs);
      const cause = this.world.currentEvent;
      this.world.note(hostOf(node), 'violation', promise, { cause, data: reason });
    }
  }

  /** The server that leads, of the highest term when several think they do. */
  private leader(): Server | undefined {
    let best: Server | undefined;
    for (const server of this.servers()) {
      if (server.state.role === 'leader' && (best === undefined || server.state.term > best.state.term))
        best = server;
    }
    return best;
  }

  /** The server of the highest term. */
  private newest(): Server | undefined {
    return this.servers().sort((a, b) => b.state.term - a.state.term)[0];
  }

  private servers(): Server[] {
    return this.context.servers.flatMap((id) => {
      const { program } = this.world.host(id);
      return program instanceof CoreProgram ? [program as Server] : [];
    });
  }

  /** The client has been told that its write succeeded: find the entry that holds it. */
  private acknowledged(call: Call): void {
    const client = call.process + 1;
    const entry =
      this.appliedAt.get(client * 0x100000 + call.sequence) ?? this.findEntry(client, call.sequence);
    if (entry !== undefined) this.monitor.acknowledge({ ...entry, words: callWords(call) });
  }

  private findEntry(client: number, sequence: number): { index: number; term: number } | undefined {
    for (const { state } of this.servers()) {
      for (let i = state.log.entries.length - 1; i >= 0; i--) {
        const entry = state.log.entries[i];
        const data = entry?.data as { client?: number; sequence?: number } | null | undefined;
        if (entry?.kind === 'normal' && data?.client === client && data.sequence === sequence) {
          return { index: entry.index, term: entry.term };
        }
      }
    }
    return undefined;
  }

  private compareMachine(node: number, index: number): void {
    const program = this.world.host(hostOf(node)).program;
    if (!(program instanceof CoreProgram)) return;
    const { machine } = (program as Server).state;
    const hash = hashPlain(machine);
    const known = this.machineHashes.get(index);
    this.compared++;
    if (known === undefined) this.machineHashes.set(index, { hash, node });
    else if (known.hash !== hash) {
      this.diverged(`nodes ${known.node} and ${node} hold different states after applying entry ${index}`);
    }
  }

  private compareMachines(): void {
    const servers = this.servers();
    for (const a of servers) {
      for (const b of servers) {
        if (a.node >= b.node || a.state.log.applied !== b.state.log.applied) continue;
        this.compared++;
        if (equalPlain(a.state.machine, b.state.machine)) continue;
        const field = firstDifference(a.state.machine, b.state.machine);
        this.diverged(
          `nodes ${a.node} and ${b.node} have both applied entry ${a.state.log.applied} and differ in ${field}`,
        );
      }
    }
  }

  private diverged(reason: string): void {
    this.machineViolation ??= {
      promise: MACHINE_PROMISE,
      status: 'violated',
      reason,
      evidence: { examined: this.compared, steps: this.compared, atUs: this.world.nowUs },
    };
  }

  private machineVerdict(): Verdict {
    const evidence = { examined: this.compared, steps: this.compared };
    const reason =
      this.compared === 0
        ? 'no two replicas had applied equally much when they were looked at, so nothing was examined'
        : `replicas were compared ${times(this.compared)} at equal applied indexes and never differed`;
    return this.machineViolation ?? { promise: MACHINE_PROMISE, status: 'holds', reason, evidence };
  }

  private monitorVerdicts(): Verdict[] {
    const examinedOf = { ...this.monitor.examined, ...this.consensus.examined };
    const violations = new Map<string, { readonly reason: string }>([
      ...this.monitor.violations,
      ...this.consensus.violations,
    ]);
    return WATCHED_PROMISES.map((promise): Verdict => {
      const examined = examinedOf[promise];
      const evidence = { examined, steps: examined };
      const violation = violations.get(promise);
      if (violation === undefined) {
        return { promise, status: 'holds', reason: heldReason(promise, examined), evidence };
      }
      const atUs = this.brokenAt.get(promise) ?? this.world.nowUs;
      return { promise, status: 'violated', reason: violation.reason, evidence: { ...evidence, atUs } };
    });
  }
}
