import type { Core } from '../../src/core/core.ts';
import type { LabCall, ProtocolLab } from '../../src/lab/index.ts';
import { CoreGroup } from '../support/coreGroup.ts';

/** A protocol that carries out commands, as the comparison needs it. */
export interface Family {
  readonly name: string;
  /** Crashes (or liars) survived, with so many nodes. */
  readonly survives: string;
  readonly nodes: readonly number[];
  readonly core: Core<unknown, unknown, unknown, unknown>;
  command(call: LabCall): unknown;
  isDone(result: unknown): boolean;
  /** Undefined where nobody leads. */
  readonly leads: ((state: unknown) => boolean) | undefined;
  /** Answers that convince a client; it asks all nodes when more than one. */
  readonly answers: number;
}

/** What the comparison says of a family. */
export interface Measured {
  readonly name: string;
  readonly survives: string;
  readonly nodes: number;
  readonly messages: number;
  readonly delays: number;
  /** Timeouts that had to pass, and messages sent, from the crash of the leader to the next answer. */
  readonly timeouts: number;
  readonly takeover: number;
}

const COMMANDS = 20;
const MAX_ROUNDS = 200;

/** A lab as a family. */
export function familyOf<S, M, C, R>(
  name: string,
  survives: string,
  lab: ProtocolLab<S, M, C, R>,
  nodes: readonly number[],
): Family {
  const { clients } = lab;
  return {
    name,
    survives,
    nodes,
    core: lab.core({ nodes, defect: undefined, options: {} }) as Family['core'],
    command: (call) => lab.command(call),
    isDone: (result) => lab.answer(result as R).kind === 'done',
    leads: lab.leads === undefined ? undefined : (state): boolean => lab.leads?.(state as S) === true,
    answers: clients.kind === 'matching' ? clients.equal : 1,
  };
}

/** One workload: 20 writes one after the other, in steps in which every message takes one delay; then the leader stops. */
export function measure(family: Family): Measured {
  const run = new MeasuredRun(family);
  run.establish();
  run.ask();
  run.rest();
  run.sent = 0;
  let delays = 0;
  for (let i = 0; i < COMMANDS; i++) {
    delays += run.ask();
    run.rest();
  }
  const messages = run.sent / COMMANDS;
  run.sent = 0;
  const timeouts = run.crashLeader();
  const { name, survives, nodes } = family;
  return {
    name,
    survives,
    nodes: nodes.length,
    messages,
    delays: delays / COMMANDS,
    timeouts,
    takeover: run.sent,
  };
}

class MeasuredRun {
  sent = 0;
  private readonly family: Family;
  private readonly group: CoreGroup<unknown, unknown, unknown, unknown>;
  private sequence = 0;
  private requests: number[] = [];

  constructor(family: Family) {
    this.family = family;
    this.group = new CoreGroup(family.core, family.nodes);
  }

  establish(): void {
    this.rest();
    for (let round = 0; round < MAX_ROUNDS && this.leader() === undefined; round++) this.wait(1);
    this.rest();
  }

  /** Asks, and answers the message delays until the client knows. */
  ask(): number {
    this.request();
    for (let delays = 0; delays < MAX_ROUNDS; delays++) {
      if (this.isAnswered()) return delays;
      this.step();
    }
    throw new Error(`${this.family.name} does not answer`);
  }

  rest(): void {
    while (this.group.flying.length > 0) this.step();
  }

  /** The leader, or the node that was asked, stops; the client asks again whoever leads then. Answers the timeouts that passed. */
  crashLeader(): number {
    this.group.crash(this.leader() ?? this.first());
    this.sequence++;
    this.request(false);
    this.rest();
    for (let timeouts = 0; timeouts < MAX_ROUNDS; timeouts++) {
      if (this.isAnswered()) return timeouts;
      this.wait(this.turn(timeouts));
      this.rest();
      if (!this.isAnswered() && this.leader() !== undefined) this.request(false);
      this.rest();
    }
    throw new Error(`${this.family.name} does not go on without its leader`);
  }

  private step(): void {
    this.sent += this.group.deliverWhere(() => true);
  }

  private turn(round: number): number {
    const up = this.family.nodes.filter((id) => this.group.isUp(id));
    return up[round % up.length] as number;
  }

  private first(): number {
    return this.family.nodes.find((id) => this.group.isUp(id)) as number;
  }

  private leader(): number | undefined {
    const { family, group } = this;
    if (family.leads === undefined) return this.first();
    return family.nodes.find((id) => group.isUp(id) && family.leads?.(group.state(id)) === true);
  }

  /** All timers of a node pass. */
  private wait(id: number): void {
    // Those armed now: what firing them arms is for another time.
    const timers = Array.from(this.group.host(id).timers.keys());
    for (const timer of timers) this.group.fire(id, timer);
  }

  private request(next = true): void {
    if (next) this.sequence++;
    const call = { process: 0, sequence: this.sequence, f: 'write', key: 'k0', input: this.sequence };
    const up = this.family.nodes.filter((id) => this.group.isUp(id));
    const asked = this.family.answers > 1 ? up : [this.leader() ?? this.first()];
    this.requests = asked.map((id) => this.group.request(id, this.family.command(call)));
  }

  private isAnswered(): boolean {
    const done = this.requests.filter(
      (id) => this.group.replies.has(id) && this.family.isDone(this.group.replies.get(id)),
    );
    return done.length >= this.family.answers;
  }
}
