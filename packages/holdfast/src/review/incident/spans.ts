import type { Trace } from '@holdfast/trace';

/** One call of one host to another, as a trace has it. Times are simulated microseconds. */
export interface Span {
  readonly from: number;
  readonly to: number;
  /** What it is about: the same along all calls that are made for one request. */
  readonly key: string;
  readonly sentUs: number;
  /** Undefined: no answer ever came. */
  readonly answeredUs: number | undefined;
}

interface CallWords {
  readonly call: string;
  readonly key: string;
}

/** Every call of the trace between servers, in the order in which they were sent: what comes back under the number it went out with. */
export function spansIn({ events, nodes }: Trace): Span[] {
  const open = new Map<string, { -readonly [K in keyof Span]: Span[K] }>();
  const spans: Span[] = [];
  // Deliveries name the message alone.
  const callOf = new Map<number, string>();
  for (const { kind, node, peer, at, data, message } of events) {
    if (kind === 'deliver') {
      const span = open.get(callOf.get(message) ?? '');
      if (span?.from === node) span.answeredUs ??= at;
    }
    const words = kind === 'send' ? wordsOf(data) : undefined;
    if (words === undefined || nodes[node]?.role !== 'server') continue;
    callOf.set(message, words.call);
    if (open.has(words.call)) continue;
    const span = { from: node, to: peer, key: words.key, sentUs: at, answeredUs: undefined };
    open.set(words.call, span);
    spans.push(span);
  }
  return spans;
}

function wordsOf(data: unknown): CallWords | undefined {
  const message = (data as { readonly message?: { readonly call?: unknown; readonly key?: unknown } } | null)
    ?.message;
  if (typeof message?.call !== 'string') return undefined;
  return { call: message.call, key: typeof message.key === 'string' ? message.key : '' };
}
