import type { DrawnEvent, MessageDrawing } from './drawing.ts';

/** The direct causes of an event: the one before it on its node, and the sending of what it receives. */
export interface Causes {
  readonly own: number;
  readonly sent: number;
}

/** What the messages and steps of a drawing imply, found by following them: no stamp is asked. */
export interface DrawnOrder {
  readonly causes: readonly Causes[];
  /** Whether one event can have influenced another. */
  readonly before: (first: number, second: number) => boolean;
  /** Indexes of events, causes first. */
  readonly sorted: readonly number[];
  /** A chain of direct causes from one to a later one, both included. */
  readonly chain: (first: number, second: number) => readonly number[];
}

/** What is wrong with the arrows of a drawing, in sentences; empty when they make an order. */
export function arrowProblems({ events }: MessageDrawing): readonly string[] {
  const sends = new Map<string, DrawnEvent>();
  const problems: string[] = [];
  for (const event of events) {
    if (event.kind !== 'send' || event.message === undefined) continue;
    const before = sends.get(event.message);
    if (before !== undefined)
      problems.push(
        `${event.name} sends ${event.message}, which ${before.name} has sent: a message is sent once`,
      );
    sends.set(event.message, event);
  }
  for (const { kind, message, name, node } of events) {
    if (kind !== 'receive' || message === undefined) continue;
    const send = sends.get(message);
    if (send === undefined) problems.push(`${name} receives ${message}, which nobody sends`);
    else if (send.node === node) problems.push(`${name} receives ${message} at ${node}, which sent it`);
  }
  if (problems.length > 0) return problems;
  const { sorted } = sortedCauses(causesOf(events));
  if (sorted.length === events.length) return [];
  const caught = events.find((_, i) => !sorted.includes(i));
  return [`${caught?.name} would have to happen before itself: a message is received before it is sent`];
}

/** The order of a drawing whose arrows are in order. */
export function orderOf({ events }: MessageDrawing): DrawnOrder {
  const causes = causesOf(events);
  const { sorted } = sortedCauses(causes);
  const past = events.map(() => new Set<number>());
  for (const i of sorted) {
    for (const cause of direct(causes[i])) {
      past[i]?.add(cause);
      for (const earlier of past[cause] ?? []) past[i]?.add(earlier);
    }
  }
  const before = (first: number, second: number): boolean => past[second]?.has(first) === true;
  const chain = (first: number, second: number): readonly number[] => {
    const found = [second];
    for (let at = second; at !== first; ) {
      const next = direct(causes[at]).find((cause) => cause === first || before(first, cause));
      if (next === undefined) return [first, second];
      found.push(next);
      at = next;
    }
    return found.toReversed();
  };
  return { causes, before, sorted, chain };
}

function causesOf(events: readonly DrawnEvent[]): Causes[] {
  const last = new Map<string, number>();
  return events.map((event, i): Causes => {
    const own = last.get(event.node) ?? -1;
    last.set(event.node, i);
    const sent =
      event.kind === 'receive'
        ? events.findIndex((other) => other.kind === 'send' && other.message === event.message)
        : -1;
    return { own, sent };
  });
}

function direct(causes: Causes | undefined): number[] {
  return [causes?.own ?? -1, causes?.sent ?? -1].filter((cause) => cause >= 0);
}

/** Causes before effects; what is caught in a circle is left out. */
function sortedCauses(causes: readonly Causes[]): { readonly sorted: readonly number[] } {
  const sorted: number[] = [];
  const done = new Set<number>();
  for (let found = true; found; ) {
    found = false;
    for (const [i, each] of causes.entries()) {
      if (done.has(i) || !direct(each).every((cause) => done.has(cause))) continue;
      done.add(i);
      sorted.push(i);
      found = true;
    }
  }
  return { sorted };
}
