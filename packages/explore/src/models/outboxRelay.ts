import {
  commitWithEvent,
  type InboxStore,
  markPublished,
  nextToPublish,
  type OutboxEvent,
  type OutboxStore,
  receiveOnce,
  startInbox,
  startOutbox,
} from '@holdfast/protocols';
import { clonePlain, type Plain } from '@holdfast/plain';
import type { Spec, SpecAction } from '../engine/spec/spec.ts';

/**
 * How outbox and inbox are commonly got wrong. `marks-before-publishing`: the relay marks an event as published and then publishes it.
 * `event-apart-from-change`: the change is committed first, its event after it. `effect-apart-from-memory`: the consumer acts first and remembers
 * after it. `memory-apart-from-effect`: it remembers first. `acknowledges-first`: it tells the broker before it has acted.
 */
export type OutboxDefect =
  | 'marks-before-publishing'
  | 'event-apart-from-change'
  | 'effect-apart-from-memory'
  | 'memory-apart-from-effect'
  | 'acknowledges-first';

/** A service with its relay, a broker and a consumer. Databases and the broker survive crashes; what is in hand does not. */
export interface OutboxWorld {
  outbox: OutboxStore;
  /** The change whose event is still to be committed (a twin's). */
  changing: Plain;
  /** The event in the relay's hand, and what it has done with it. */
  relaying: { readonly event: OutboxEvent; readonly done: 'nothing' | 'published' | 'marked' } | null;
  broker: readonly OutboxEvent[];
  /** The event in the consumer's hand, and what it has done with it. */
  consuming: { readonly event: OutboxEvent; readonly done: 'nothing' | 'half' | 'all' } | null;
  inbox: InboxStore;
  made: number;
  crashes: number;
  copies: number;
}

/** One variable, whose fields are the parts. */
export interface OutboxState {
  at: OutboxWorld;
}

/** How much may happen. */
export interface OutboxBounds {
  /** Changes made. */
  readonly changes: number;
  readonly crashes: number;
  /** Copies the broker makes by itself. */
  readonly copies: number;
  readonly defect?: OutboxDefect;
}

type Action = SpecAction<OutboxState>;

/**
 * Transactional outbox and inbox (rows of one database each): a change and its event are one transaction, the relay publishes before it marks, the
 * consumer's effect and its memory are one transaction. The functions of `@holdfast/protocols` themselves, with a crash between any two
 * of their steps: every change has exactly one effect in the end, and nothing else has any.
 */
export function outboxRelay(name: string, bounds: OutboxBounds): Spec<OutboxState> {
  const init: OutboxWorld = {
    outbox: startOutbox(),
    changing: null,
    relaying: null,
    broker: [],
    consuming: null,
    inbox: startInbox(),
    made: 0,
    crashes: 0,
    copies: 0,
  };
  return {
    name,
    init: [{ at: init }],
    actions: [...serviceActions(bounds), ...relayActions(bounds), ...consumerActions(bounds)],
    always: {
      'no effect twice': ({ at: { inbox } }) => new Set(inbox.effects).size === inbox.effects.length,
      'no effect without a change': ({ at: { inbox, outbox } }) =>
        inbox.effects.every((effect) => outbox.changes.includes(effect)),
    },
    terminal: {
      'every change has its effect': ({ at: { inbox, outbox } }) =>
        outbox.changes.every((change) => inbox.effects.includes(change)),
    },
    reachable: { 'all is done': ({ at: { inbox } }) => inbox.effects.length === bounds.changes },
  };
}

function change(outbox: OutboxStore, by: (store: OutboxStore) => void): OutboxStore {
  const next = clonePlain(outbox);
  by(next);
  return next;
}

function serviceActions({ changes, crashes, copies, defect }: OutboxBounds): Action[] {
  return [
    {
      name: 'the service commits a change',
      run({ at: s }): boolean {
        if (s.made >= changes || s.changing !== null) return false;
        s.made++;
        const value = `change ${s.made}`;
        if (defect === 'event-apart-from-change') {
          s.outbox = change(s.outbox, (store) => store.changes.push(value));
          s.changing = value;
        } else s.outbox = change(s.outbox, (store) => void commitWithEvent(store, value));
        return true;
      },
    },
    {
      name: 'the service commits the event of its change',
      run({ at: s }): boolean {
        const value = s.changing;
        if (value === null) return false;
        s.changing = null;
        s.outbox = change(s.outbox, (store) => {
          commitWithEvent(store, value);
          store.changes.pop();
        });
        return true;
      },
    },
    {
      name: 'everybody crashes',
      run({ at: s }): boolean {
        if (s.crashes >= crashes) return false;
        s.crashes++;
        Object.assign(s, { changing: null, relaying: null, consuming: null });
        return true;
      },
    },
    {
      name: 'the broker delivers twice',
      run({ at: s }, pick): boolean {
        if (s.copies >= copies) return false;
        const event = pick(s.broker);
        s.copies++;
        s.broker = [...s.broker, event];
        return true;
      },
    },
  ];
}

function relayActions({ defect }: OutboxBounds): Action[] {
  const publish = (s: OutboxWorld, event: OutboxEvent): void => {
    s.broker = [...s.broker, event];
  };
  const mark = (s: OutboxWorld, { id }: OutboxEvent): void => {
    s.outbox = change(s.outbox, (store) => markPublished(store, id));
  };
  const wrong = defect === 'marks-before-publishing';
  return [
    {
      name: 'the relay takes the next event',
      run({ at: s }): boolean {
        const event = s.relaying === null ? nextToPublish(s.outbox) : undefined;
        if (event === undefined) return false;
        s.relaying = { event, done: 'nothing' };
        return true;
      },
    },
    {
      name: wrong ? 'the relay marks' : 'the relay publishes',
      run({ at: s }): boolean {
        if (s.relaying?.done !== 'nothing') return false;
        const { event } = s.relaying;
        if (wrong) mark(s, event);
        else publish(s, event);
        s.relaying = { event, done: wrong ? 'marked' : 'published' };
        return true;
      },
    },
    {
      name: wrong ? 'the relay publishes' : 'the relay marks',
      run({ at: s }): boolean {
        if (s.relaying === null || s.relaying.done === 'nothing') return false;
        if (wrong) publish(s, s.relaying.event);
        else mark(s, s.relaying.event);
        s.relaying = null;
        return true;
      },
    },
  ];
}

function consumerActions({ defect }: OutboxBounds): Action[] {
  const acknowledge = (s: OutboxWorld, { id }: OutboxEvent): void => {
    const at = s.broker.findIndex((event) => event.id === id);
    s.broker = s.broker.filter((_, i) => i !== at);
  };
  return [
    {
      name: 'the consumer takes an event',
      run({ at: s }, pick): boolean {
        if (s.consuming !== null) return false;
        const event = pick(s.broker);
        s.consuming = { event, done: 'nothing' };
        if (defect === 'acknowledges-first') acknowledge(s, event);
        return true;
      },
    },
    {
      name: 'the consumer acts',
      run({ at: s }): boolean {
        if (s.consuming === null || s.consuming.done === 'all') return false;
        const { event, done } = s.consuming;
        const inbox = clonePlain(s.inbox);
        s.consuming = { event, done: act(inbox, event, done, defect) };
        s.inbox = inbox;
        return true;
      },
    },
    {
      name: 'the consumer acknowledges',
      run({ at: s }): boolean {
        if (s.consuming?.done !== 'all') return false;
        if (defect !== 'acknowledges-first') acknowledge(s, s.consuming.event);
        s.consuming = null;
        return true;
      },
    },
  ];
}

/** One transaction of the consumer; the twins need two. */
function act(
  inbox: InboxStore,
  event: OutboxEvent,
  done: 'nothing' | 'half',
  defect: OutboxDefect | undefined,
): 'half' | 'all' {
  const effect = (): void => void inbox.effects.push(event.value);
  const remember = (): void => {
    inbox.seen[event.id] = true;
  };
  const two = defect === 'effect-apart-from-memory' || defect === 'memory-apart-from-effect';
  if (!two) {
    receiveOnce(inbox, event);
    return 'all';
  }
  if (done === 'nothing' && inbox.seen[event.id] === true) return 'all';
  const isEffect = (defect === 'effect-apart-from-memory') === (done === 'nothing');
  if (isEffect) effect();
  else remember();
  return done === 'nothing' ? 'half' : 'all';
}
