import type { Trace, TraceEvent } from '@holdfast/trace';

/** One server of a Raft run at an instant. */
export interface ServerLog {
  readonly server: string;
  readonly role: string;
  readonly term: number;
  readonly commit: number;
  /** The term of each entry, from index 1; 0 where a snapshot stands for it. */
  readonly terms: readonly number[];
}

interface Entry {
  readonly index: number;
  readonly term: number;
}

interface Append {
  readonly type: string;
  readonly term: number;
  readonly prevIndex: number;
  readonly prevTerm: number;
  readonly entries: readonly Entry[];
}

interface View {
  readonly role: string;
  readonly term: number;
  readonly commit: number;
  readonly lastIndex: number;
  readonly lastTerm: number;
}

/** Every server's log, followed through the trace of any Raft run by the messages that were delivered (Ongaro and Ousterhout 2014, figure 2). */
export class RaftLogs {
  readonly servers: readonly string[];
  private readonly trace: Trace;
  private readonly logs: number[][];
  private readonly views: (View | undefined)[];
  private readonly sent = new Map<number, Append>();
  private next = 0;

  constructor(trace: Trace) {
    this.trace = trace;
    this.servers = trace.nodes.filter(({ role }) => role === 'server').map(({ name }) => name);
    this.logs = this.servers.map(() => []);
    this.views = this.servers.map(() => undefined);
  }

  /** Goes on to the event with this number, which is included. Only forward. */
  upTo(event: number): this {
    const { events } = this.trace;
    for (; this.next < events.length && (events[this.next]?.id ?? 0) <= event; this.next++) {
      const each = events[this.next];
      if (each !== undefined) this.take(each);
    }
    return this;
  }

  /** All servers as they are now. */
  all(): readonly ServerLog[] {
    return this.servers.map((server, i) => {
      const { role = 'follower', term = 0, commit = 0 } = this.views[i] ?? {};
      return { server, role, term, commit, terms: [...(this.logs[i] ?? [])] };
    });
  }

  private take({ kind, node, label, data, message }: TraceEvent): void {
    if (kind === 'send' && label === 'AppendEntries') this.sent.set(message, data as unknown as Append);
    if (node < 0 || node >= this.servers.length) return;
    if (kind === 'deliver' && label === 'AppendEntries') this.append(node, this.sent.get(message));
    if (kind === 'state') this.see(node, data as unknown as View);
  }

  private append(node: number, append: Append | undefined): void {
    const log = this.logs[node];
    if (append === undefined || log === undefined || append.term < (this.views[node]?.term ?? 0)) return;
    const { prevIndex, prevTerm, entries } = append;
    const fits = prevIndex === 0 || log[prevIndex - 1] === prevTerm;
    if (!fits) return;
    for (const { index, term } of entries) {
      if (log[index - 1] === term) continue;
      log.length = index - 1;
      log.push(term);
    }
  }

  /** A leader's own entries, and what a crash or a snapshot left, show in its view alone. */
  private see(node: number, view: View): void {
    this.views[node] = view;
    const log = this.logs[node] ?? [];
    if (log.length > view.lastIndex) log.length = view.lastIndex;
    while (log.length < view.lastIndex) log.push(view.role === 'leader' ? view.term : 0);
    if (view.lastIndex > 0) log[view.lastIndex - 1] = view.lastTerm;
  }
}

/** A log in words: `term 1: 1-12, term 2: 13-41`. */
export function logText({ terms }: Pick<ServerLog, 'terms'>): string {
  const parts: string[] = [];
  for (let from = 0; from < terms.length; ) {
    let until = from;
    while (until + 1 < terms.length && terms[until + 1] === terms[from]) until++;
    parts.push(`term ${terms[from] ?? 0}: ${from + 1}${until > from ? `-${until + 1}` : ''}`);
    from = until + 1;
  }
  return parts.length === 0 ? 'empty' : parts.join(', ');
}
