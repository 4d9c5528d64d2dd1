import { equalPlain, type Plain } from '@holdfast/plain';
import { EventClock } from './clock.ts';
import { HistoryFormatError } from './error.ts';
import type { Annotation, ReadTarget, TimeShape } from './parsed.ts';

/** What a Jepsen event is: an invocation, one of the completions, or a note of a nemesis. */
export type JepsenType = Annotation['type'];

/** One event of a Jepsen history. Filled in anew for each event, so nobody keeps it. */
export interface JepsenEvent {
  line: number;
  type: JepsenType;
  /** A client's number, or the name of something that is not a client (`nemesis`). */
  process: number | string;
  f: string;
  value: Plain;
  key: string | undefined;
  node: number | undefined;
  /** What went wrong, where the event says; undefined when it does not. */
  error: Plain | undefined;
  nanoseconds: number | undefined;
  index: number | undefined;
}

/** An event with nothing known yet. */
export function blankEvent(): JepsenEvent {
  return {
    line: 0,
    type: 'invoke',
    process: 0,
    f: '',
    value: null,
    key: undefined,
    node: undefined,
    error: undefined,
    nanoseconds: undefined,
    index: undefined,
  };
}

interface Client {
  id: number;
  f: string;
  input: Plain;
  line: number;
  state: 'idle' | 'open' | 'crashed';
}

/** True for the four words Jepsen uses as `:type`. */
export function isJepsenType(word: unknown): word is JepsenType {
  return word === 'invoke' || word === 'ok' || word === 'fail' || word === 'info';
}

/**
 * Pairs invocations with completions, by process, in the order of the file. What no client did becomes an annotation.
 * `:info` of a client is an unknown outcome, after which that process number must not appear again.
 */
export class JepsenPairing {
  private readonly format: string;
  private readonly target: ReadTarget;
  private readonly clock: EventClock;
  private readonly clients = new Map<number, Client>();
  private open = 0;
  private lastIndex = -1;

  constructor(format: string, target: ReadTarget) {
    this.format = format;
    this.target = target;
    this.clock = new EventClock(format);
  }

  accept(event: JepsenEvent): void {
    if (event.index !== undefined) this.checkIndex(event, event.index);
    const isInvocation = event.type === 'invoke';
    const at = this.clock.tick(isInvocation, event.nanoseconds, event.line);
    if (typeof event.process === 'string') this.annotate(event, event.process, at);
    else if (isInvocation) this.invoke(event, event.process, at);
    else this.complete(event, event.process, at);
  }

  finish(): TimeShape {
    if (this.open > 0) {
      const were = this.open === 1 ? '1 operation was' : `${this.open} operations were`;
      this.target.warnings.add(`${were} still open at the end of the file and count as unknown`);
    }
    this.clock.report(this.target.warnings);
    return { timeUnit: this.clock.timeUnit, order: 'real-time' };
  }

  private checkIndex(event: JepsenEvent, index: number): void {
    if (index <= this.lastIndex) {
      this.fail(
        event.line,
        `an index above ${this.lastIndex}, as lines come in the order of the history`,
        `${index}`,
      );
    }
    this.lastIndex = index;
  }

  private annotate(event: JepsenEvent, process: string, at: number): void {
    const { f, type, line } = event;
    const value = event.value ?? event.error ?? null;
    this.target.annotations.push({ at, process, f, type, value, line });
  }

  private invoke(event: JepsenEvent, process: number, at: number): void {
    let client = this.clients.get(process);
    if (client === undefined) {
      client = { id: 0, f: '', input: null, line: 0, state: 'idle' };
      this.clients.set(process, client);
    } else if (client.state !== 'idle') {
      this.failBusy(event, process, client);
    }
    client.state = 'open';
    client.f = event.f;
    client.input = event.value;
    client.line = event.line;
    client.id = this.target.sink.invoke(process, event.f, event.value, at, event);
    this.open++;
  }

  private complete(event: JepsenEvent, process: number, at: number): void {
    const client = this.clients.get(process);
    if (client === undefined || client.state !== 'open') this.failAlone(event, process, client);
    if (client.f !== event.f) {
      this.fail(
        event.line,
        `the completion of ${client.f}, which process ${process} invoked on line ${client.line}`,
        `:${event.type} ${event.f}`,
      );
    }
    this.open--;
    client.state = event.type === 'info' ? 'crashed' : 'idle';
    const outcome = event.type === 'ok' ? 'ok' : event.type === 'fail' ? 'fail' : 'unknown';
    this.target.sink.complete(client.id, outcome, outputOf(event, client), at);
    client.input = null;
  }

  private failBusy(event: JepsenEvent, process: number, client: Client): never {
    const why =
      client.state === 'crashed'
        ? `its ${client.f} of line ${client.line} ended as :info and may still be going on`
        : `its ${client.f} of line ${client.line} is still open`;
    this.fail(event.line, `an operation of another process than ${process}: ${why}`, `:invoke ${event.f}`);
  }

  private failAlone(event: JepsenEvent, process: number, client: Client | undefined): never {
    const why =
      client?.state === 'crashed'
        ? `its ${client.f} of line ${client.line} already ended as :info`
        : 'it has no operation open';
    this.fail(event.line, `an invocation by process ${process}: ${why}`, `:${event.type} ${event.f}`);
  }

  private fail(line: number, expected: string, found: string): never {
    throw new HistoryFormatError('INCONSISTENT', this.format, line, expected, found);
  }
}

/** Operations whose completion repeats the argument and says nothing by it. Of others, a repeated value is the result. */
const UPDATES: ReadonlySet<string> = new Set([
  'write',
  'put',
  'set',
  'cas',
  'append',
  'add',
  'remove',
  'delete',
  'insert',
  'enqueue',
  'push',
  'broadcast',
  'transfer',
]);

function outputOf(event: JepsenEvent, client: Client): Plain {
  const { value } = event;
  if (event.type === 'ok') {
    return UPDATES.has(client.f) && isSame(value, client.input) ? null : value;
  }
  if (event.error !== undefined) return event.error;
  return isSame(value, client.input) ? null : value;
}

function isSame(a: Plain, b: Plain): boolean {
  return a === b || equalPlain(a, b);
}
