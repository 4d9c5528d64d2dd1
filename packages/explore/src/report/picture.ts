import type { History, Operation } from '@holdfast/check';
import { encodePlain, type Plain } from '@holdfast/plain';
import type { FaultSpan, Trace, TraceEvent, TraceEventKind, TraceNode } from '@holdfast/trace';
import type { OperationEvent } from '../properties/operations.ts';
import type { MessageFacts, StepFacts } from './facts.ts';
import type { ExploreTrace } from './result.ts';

/** A run of a system as a report draws it: times count steps, the start being 0. */
export interface ExploredPicture {
  readonly trace: Trace;
  readonly history: History;
}

/** The state a run starts from, as far as a picture needs it. */
interface Start {
  readonly nodes: readonly { readonly node: number }[];
  readonly inFlight: readonly { readonly from: number; readonly to: number; readonly message: unknown }[];
  readonly clients: readonly unknown[];
}

/** A message on its way: the event that sent it, and its number. */
interface Flying {
  readonly sent: number;
  readonly number: number;
  readonly label: string;
}

/** An operation of a client that is not over. */
interface Open {
  readonly id: number;
  readonly process: number;
  readonly f: string;
  readonly input: Plain;
  readonly at: number;
}

/**
 * A run of a system of cores as a trace and a history, to be drawn like any other run: a lane for each node and client, times that count
 * steps. Undefined for a run of a specification, which has no nodes.
 */
export function pictureOf(run: ExploreTrace, promise?: string): ExploredPicture | undefined {
  const facts = run.steps.flatMap((step) => step.facts ?? []);
  const start = run.initial as Partial<Start> | null;
  if (facts.length < run.steps.length || start?.nodes === undefined) return undefined;
  const drawing = new Drawing(start as Start);
  facts.forEach((step, i) => drawing.step(step, i + 1));
  return drawing.end(facts.length + 1, promise === undefined ? undefined : { promise, seen: run.seen });
}

class Drawing {
  private readonly events: TraceEvent[] = [];
  private readonly faults: FaultSpan[] = [];
  private readonly nodes: TraceNode[];
  private readonly lanes: ReadonlyMap<number, number>;
  private readonly clients: number;
  private readonly flying = new Map<string, Flying[]>();
  private readonly open = new Map<number, Open>();
  private readonly operations: Operation[] = [];
  private readonly downSince = new Map<number, number>();
  private readonly views = new Map<number, string>();
  private messages = 0;
  private begun = 0;

  constructor({ nodes, clients, inFlight }: Start) {
    this.lanes = new Map(nodes.map(({ node }, i) => [node, i]));
    this.clients = clients.length;
    this.nodes = [
      ...nodes.map(({ node }): TraceNode => ({ name: `N${node}`, role: 'server' })),
      ...clients.map((_, i): TraceNode => ({ name: `C${i + 1}`, role: 'client' })),
    ];
    for (const { node } of nodes) this.event(0, 'boot', this.lane(node));
    // What starting has sent carries no facts: its type is told when it arrives.
    for (const { from, to, message } of inFlight)
      this.send(0, { from, to, label: '', payload: message }, this.lane(from));
  }

  step(step: StepFacts, at: number): void {
    const lane = this.lane(step.node);
    const operations = [...step.operations];
    const asks = step.request?.client;
    if (asks !== undefined) this.invoked(at, this.clientLane(asks), take(operations, 'invoke'));
    this.happened(step, lane, at);
    this.viewed(step, lane, at);
    for (const message of step.sends) this.send(at, message, lane);
    for (const { client, result } of step.replies) this.answered(client, result, lane, at);
    for (const operation of operations)
      this.ended(operation, at, this.clients === 0 ? lane : this.clientLane(operation.process));
  }

  end(at: number, broken: { readonly promise: string; readonly seen: string } | undefined): ExploredPicture {
    for (const [lane, since] of this.downSince) this.down(lane, since, at);
    if (broken !== undefined)
      this.event(at - 1, 'violation', -1, { label: broken.promise, data: broken.seen });
    for (const open of this.open.values()) this.operations[open.id] = unfinished(open);
    const { nodes, events, faults, operations } = this;
    return {
      trace: { nodes, events, faults, timeUnit: 'index', endedAt: at },
      history: { operations, timeUnit: 'index' },
    };
  }

  private happened(step: StepFacts, lane: number, at: number): void {
    const { message } = step;
    switch (step.kind) {
      case 'deliver':
      case 'drop':
        if (message !== undefined) this.arrive(at, step.kind, message, lane);
        break;
      case 'duplicate':
        if (message !== undefined) this.copy(message);
        break;
      case 'timer':
        this.event(at, 'timer', lane, { label: step.timer ?? '' });
        break;
      case 'request':
        if (step.request !== undefined) this.called(step.request, lane, at);
        break;
      case 'crash':
        this.downSince.set(lane, at);
        this.event(at, 'crash', lane);
        break;
      case 'restart':
        this.down(lane, this.downSince.get(lane) ?? at, at);
        this.downSince.delete(lane);
        this.event(at, 'restart', lane);
        break;
      default:
        this.event(at, step.kind, lane);
    }
  }

  /** What observers may know of a node, where it changed. */
  private viewed({ view }: StepFacts, lane: number, at: number): void {
    if (view === null) return;
    const text = encodePlain(view);
    if (this.views.get(lane) === text) return;
    this.views.set(lane, text);
    this.event(at, 'state', lane, { data: view as Plain });
  }

  /** A request reaches its node in the step it is made in. */
  private called(
    { client, command }: { readonly client: number; readonly command: unknown },
    lane: number,
    at: number,
  ): void {
    const message = this.messages++;
    const data = command as Plain;
    const from = this.clientLane(client);
    const cause = this.event(at, 'send', from, { peer: lane, message, label: 'Call', data });
    this.event(at, 'deliver', lane, { cause, peer: from, message, label: 'Call', data });
  }

  private answered(client: number, result: unknown, lane: number, at: number): void {
    const message = this.messages++;
    const data = result as Plain;
    const to = this.clientLane(client);
    const cause = this.event(at, 'send', lane, { peer: to, message, label: 'Answer', data });
    this.event(at, 'deliver', to, { cause, peer: lane, message, label: 'Answer', data });
  }

  private send(at: number, facts: MessageFacts, lane: number): void {
    const { to, label, payload } = facts;
    const number = this.messages++;
    const peer = this.lane(to);
    const sent = this.event(at, 'send', lane, { peer, message: number, label, data: payload as Plain });
    const waiting = this.flying.get(nameOf(facts)) ?? [];
    this.flying.set(nameOf(facts), [...waiting, { sent, number, label }]);
  }

  private arrive(at: number, kind: 'deliver' | 'drop', facts: MessageFacts, lane: number): void {
    const waiting = this.flying.get(nameOf(facts)) ?? [];
    const [flying] = waiting;
    // A message that nobody was seen to send is drawn where it arrives.
    this.flying.set(nameOf(facts), waiting.slice(1));
    const { label, payload } = facts;
    if (flying !== undefined && flying.label === '') this.label(flying.sent, label);
    const { sent: cause = -1, number: message = this.messages++ } = flying ?? {};
    const data = payload as Plain;
    this.event(at, kind, lane, { cause, peer: this.lane(facts.from), message, label, data });
  }

  private copy(facts: MessageFacts): void {
    const waiting = this.flying.get(nameOf(facts)) ?? [];
    const [flying] = waiting;
    if (flying !== undefined) this.flying.set(nameOf(facts), [...waiting, flying]);
  }

  private label(event: number, label: string): void {
    this.events[event] = { ...(this.events[event] as TraceEvent), label };
  }

  private invoked(at: number, lane: number, operation: OperationEvent | undefined): void {
    if (operation?.kind !== 'invoke') return;
    const { process, f, input } = operation;
    const before = this.open.get(process);
    if (before !== undefined) this.operations[before.id] = unfinished(before);
    const id = this.begun++;
    // A client whose operation is unknown goes on under another process.
    const lives = this.operations.filter((done) => done.outcome === 'unknown' && done.process === process);
    const open = { id, process: process + lives.length * Math.max(1, this.clients), f, input, at };
    this.open.set(process, open);
    this.operations.push(unfinished(open));
    this.event(at, 'invoke', lane, { operation: id, label: f, data: input });
  }

  private ended(operation: OperationEvent, at: number, lane: number): void {
    if (operation.kind === 'invoke') {
      this.invoked(at, lane, operation);
      return;
    }
    const open = this.open.get(operation.process);
    if (open === undefined) return;
    this.open.delete(operation.process);
    const outcome = OUTCOME[operation.kind];
    const output = operation.kind === 'return' ? operation.output : null;
    const completedAt = outcome === 'unknown' ? Infinity : at;
    this.operations[open.id] = { ...unfinished(open), outcome, output, completedAt };
    this.event(at, outcome, lane, { operation: open.id, label: open.f, data: output });
  }

  private down(lane: number, from: number, until: number): void {
    this.faults.push({
      kind: 'crash',
      from,
      until,
      nodes: [lane],
      text: `${this.nodes[lane]?.name ?? ''} is down`,
    });
  }

  private lane(node: number): number {
    return this.lanes.get(node) ?? -1;
  }

  private clientLane(client: number): number {
    return this.lanes.size + client;
  }

  private event(
    at: number,
    kind: TraceEventKind,
    node: number,
    rest: Partial<Pick<TraceEvent, 'cause' | 'peer' | 'message' | 'operation' | 'label' | 'data'>> = {},
  ): number {
    const id = this.events.length;
    const none = { cause: -1, peer: -1, message: -1, operation: -1, label: '', data: null };
    this.events.push({ id, at, node, kind, ...none, ...rest });
    return id;
  }
}

const OUTCOME = { return: 'ok', fail: 'fail', lost: 'unknown' } as const;

function unfinished({ id, process, f, input, at }: Open): Operation {
  return { id, process, f, input, outcome: 'unknown', output: null, invokedAt: at, completedAt: Infinity };
}

/** Two messages of one name cannot be told apart, so whichever was sent first arrives first. */
function nameOf({ from, to, payload }: MessageFacts): string {
  return `${from}>${to} ${encodePlain(payload)}`;
}

/** Takes the first operation of a kind out of a list. */
function take(operations: OperationEvent[], kind: OperationEvent['kind']): OperationEvent | undefined {
  const at = operations.findIndex((operation) => operation.kind === kind);
  return at < 0 ? undefined : operations.splice(at, 1)[0];
}
