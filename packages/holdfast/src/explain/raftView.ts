import type { Trace, TraceEvent } from '@holdfast/trace';

/** What a node of a Raft group shows of itself. */
export interface RaftShown {
  readonly role: string;
  readonly term: number;
  readonly commit: number;
  readonly lastIndex: number;
  readonly lastTerm: number;
  readonly voters: string;
}

/** A rule seen broken in a trace. */
export interface RuleBreak {
  /** One sentence naming nodes, terms and entries. */
  readonly sentence: string;
  /** The events that show it, in order. */
  readonly events: readonly number[];
}

/** A client's command as its calls carry it. */
export interface Command {
  readonly client: number;
  readonly sequence: number;
  readonly f: string;
}

/** A trace of a Raft group, asked by rules. */
export class RaftView {
  readonly trace: Trace;
  private readonly states = new Map<number, { readonly id: number; readonly shown: RaftShown }[]>();
  private readonly calls = new Map<string, Command>();
  private readonly caused = new Map<number, TraceEvent[]>();

  constructor(trace: Trace) {
    this.trace = trace;
    for (const event of trace.events) {
      const { node, kind, label, data, id, cause } = event;
      if (cause >= 0) this.caused.set(cause, [...(this.caused.get(cause) ?? []), event]);
      if (kind === 'state' && label === 'raft') {
        const of = this.states.get(node) ?? [];
        of.push({ id, shown: data as never as RaftShown });
        this.states.set(node, of);
      }
      if (kind === 'send' && label === 'Call') this.noteCall(event);
    }
  }

  name(node: number): string {
    return this.trace.nodes[node]?.name ?? `node ${node}`;
  }

  /** What the node showed last before an event. */
  before(node: number, id: number): RaftShown | undefined {
    return this.states.get(node)?.findLast((state) => state.id < id)?.shown;
  }

  /** What each node showed, in order. */
  statesOf(node: number): readonly { readonly id: number; readonly shown: RaftShown }[] {
    return this.states.get(node) ?? [];
  }

  /** Events that an event caused directly. */
  effects(id: number): readonly TraceEvent[] {
    return this.caused.get(id) ?? [];
  }

  /** Events of one kind, with their data as a message. */
  sends(type: string): readonly (TraceEvent & { readonly message_: Readonly<Record<string, unknown>> })[] {
    return this.trace.events.flatMap((event) => {
      if (event.kind !== 'send') return [];
      const message_ = (event.data ?? {}) as Readonly<Record<string, unknown>>;
      return message_['type'] === type || message_['kind'] === type ? [{ ...event, message_ }] : [];
    });
  }

  /** The command that an answer is about. */
  commandOf(answer: TraceEvent, attempt: unknown): Command | undefined {
    return this.calls.get(`${answer.peer}/${answer.node}/${String(attempt)}`);
  }

  private noteCall({ node, peer, data }: TraceEvent): void {
    const { attempt, command } = data as never as {
      readonly attempt: number;
      readonly command?: {
        readonly client: number;
        readonly sequence: number;
        readonly operation?: { readonly f?: string } | null;
      };
    };
    if (command === undefined) return;
    const { client, sequence, operation } = command;
    this.calls.set(`${node}/${peer}/${attempt}`, { client, sequence, f: operation?.f ?? '' });
  }
}
