import type { Pick, Spec, SpecAction } from '../engine/spec/spec.ts';

/** One slot of a replica's log. `votedAt` is the ballot of its vote, 0 without; empty commands are ''. */
export interface PaxosSlot {
  readonly status: 'empty' | 'preparing' | 'accepting' | 'committed';
  readonly command: string;
  readonly votedAt: number;
  readonly voted: string;
}

type Vote = readonly [ballot: number, command: string];
type Accept = readonly [ballot: number, slot: number, command: string];

/**
 * A replica and all it has sent; messages stay. It names no other: a ballot has one owner, and who leads is who owns the highest ballot a
 * replica knows.
 */
export interface PaxosReplica {
  readonly known: number;
  readonly prepared: number;
  readonly value: string;
  readonly committed: number;
  readonly slots: readonly PaxosSlot[];
  /** It has seen that everything is done. */
  readonly done: boolean;
  /** Ballots it has asked others to prepare. */
  readonly owns: readonly number[];
  /** By ballot, the votes it told when it prepared it. */
  readonly promises: Readonly<Record<string, readonly Vote[]>>;
  readonly accepts: readonly Accept[];
  /** Ballots and slots it has accepted. */
  readonly accepted: readonly (readonly [ballot: number, slot: number])[];
}

/** Replicas, and what the one client sees. Commands are `w1`, `r1`, ...; an event is a command asked, or answered with what stood before it. */
export interface MultiPaxosCommandsState {
  replica: PaxosReplica[];
  shared: {
    /** Slots announced as committed. */
    notices: readonly number[];
    /** Commands not answered yet. */
    pending: readonly string[];
    observed: readonly ClientEvent[];
  };
}

type ClientEvent = readonly [kind: 'asked' | 'answered', command: string, value: string];
type State = MultiPaxosCommandsState;

/** How much there is of everything. */
export interface MultiPaxosCommands {
  readonly replicas: number;
  readonly writes: number;
  readonly reads: number;
  readonly ballots: number;
}

const EMPTY: PaxosSlot = { status: 'empty', command: '', votedAt: 0, voted: '' };

interface Sizes {
  readonly commands: readonly string[];
  readonly majority: number;
  readonly ballots: readonly number[];
}

/**
 * Multi-Paxos as a replicated register that clients write and read (Hu, "Practical MultiPaxos TLA+ Spec", 2024; module MultiPaxos of tlaplus/Examples, directory
 * MultiPaxos-SMR): what the client sees is linearizable. Replicas are alike.
 */
export function multiPaxosCommands(system: MultiPaxosCommands): Spec<MultiPaxosCommandsState> {
  const { replicas, writes, reads, ballots } = system;
  const numbered = (of: string, count: number): string[] =>
    Array.from({ length: count }, (_, i) => `${of}${i + 1}`);
  const commands = [...numbered('w', writes), ...numbered('r', reads)];
  const sizes: Sizes = {
    commands,
    majority: (replicas >> 1) + 1,
    ballots: Array.from({ length: ballots }, (_, i) => i + 1),
  };
  const replica: PaxosReplica = {
    known: 0,
    prepared: 0,
    value: '',
    committed: 0,
    slots: commands.map(() => EMPTY),
    done: false,
    owns: [],
    promises: {},
    accepts: [],
    accepted: [],
  };
  const ids = Array.from({ length: replicas }, (_, i) => i);
  return {
    name: `Multi-Paxos, ${replicas} replicas, ${writes} write, ${reads} read`,
    init: [{ replica: ids.map(() => replica), shared: { notices: [], pending: commands, observed: [] } }],
    actions: [
      ...ids.flatMap((id) => actionsOf(id, sizes)),
      { name: 'all is done', run: (s): boolean => s.replica.every(({ done }) => done) },
    ],
    always: {
      linearizable: (s) => !isTerminated(s, commands) || isLinearizable(s.shared.observed, commands),
    },
    reachable: { 'all is answered': (s) => isTerminated(s, commands) },
    symmetry: { peers: ['replica'] },
  };
}

function isTerminated({ shared: { pending, observed } }: State, commands: readonly string[]): boolean {
  if (pending.length > 0) return false;
  const count = (kind: ClientEvent[0]): number =>
    new Set(observed.filter((event) => event[0] === kind).map((event) => event[1])).size;
  return count('asked') === commands.length && count('answered') === commands.length;
}

type Act = (s: State, id: number, own: PaxosReplica, sizes: Sizes, pick: Pick) => PaxosReplica | undefined;

/** A replica's actions: each answers what it becomes; none is enabled any more once everything is done, but to see that. */
function actionsOf(id: number, sizes: Sizes): SpecAction<State>[] {
  const acts: Readonly<Record<string, Act>> = {
    'steps up': stepUp,
    'prepares a ballot': prepare,
    'has prepared': hasPrepared,
    'takes a command': takeCommand,
    accepts: accept,
    commits: commit,
    'hears of a commit': hearCommit,
  };
  const step = ([name, act]: readonly [string, Act]): SpecAction<State> => ({
    name: `replica ${id + 1} ${name}`,
    run(s, pick): boolean {
      const own = s.replica[id] as PaxosReplica;
      if (own.done || isTerminated(s, sizes.commands)) return false;
      const next = act(s, id, own, sizes, pick);
      if (next === undefined) return false;
      s.replica[id] = next;
      return true;
    },
  });
  return [
    ...Object.entries(acts).map(step),
    {
      name: `replica ${id + 1} is done`,
      run(s): boolean {
        const own = s.replica[id] as PaxosReplica;
        if (own.done || !isTerminated(s, sizes.commands)) return false;
        s.replica[id] = { ...own, done: true };
        return true;
      },
    },
  ];
}

function leads({ known, owns }: PaxosReplica): boolean {
  return owns.includes(known);
}

/** What was being accepted is to be prepared again. */
function reopened(slots: readonly PaxosSlot[]): PaxosSlot[] {
  return slots.map((slot) => (slot.status === 'accepting' ? { ...slot, status: 'preparing' } : slot));
}

function promise(own: PaxosReplica, ballot: number): PaxosReplica {
  const votes = own.slots.map(({ votedAt, voted }): Vote => [votedAt, voted]);
  return {
    ...own,
    known: ballot,
    slots: reopened(own.slots),
    promises: { ...own.promises, [ballot]: votes },
  };
}

const stepUp: Act = ({ replica }, _, own, { ballots }, pick) => {
  if (leads(own)) return undefined;
  const ballot = pick(ballots.filter((b) => b > own.known && !replica.some(({ owns }) => owns.includes(b))));
  return { ...promise(own, ballot), prepared: 0, owns: [...own.owns, ballot].sort((a, b) => a - b) };
};

const prepare: Act = ({ replica }, _, own, __, pick) =>
  promise(own, pick(replica.flatMap(({ owns }) => owns).filter((ballot) => ballot > own.known)));

const hasPrepared: Act = ({ replica }, _, own, { majority }) => {
  if (!leads(own) || own.prepared !== 0) return undefined;
  const told = replica.flatMap(({ promises }) => {
    const votes = promises[own.known];
    return votes === undefined ? [] : [votes];
  });
  if (told.length < majority) return undefined;
  const slots = own.slots.map((slot, at): PaxosSlot => {
    const command = latest(told.map((votes) => votes[at] as Vote));
    const goesOn = slot.status === 'preparing' || (slot.status === 'empty' && command !== '');
    return { ...slot, status: goesOn ? 'accepting' : slot.status, command };
  });
  const asked = slots.flatMap(({ status, command }, at): Accept[] =>
    status === 'accepting' ? [[own.known, at, command]] : [],
  );
  return { ...own, prepared: own.known, slots, accepts: withAll(own.accepts, asked) };
};

/** The command voted for in the highest ballot. */
function latest(votes: readonly Vote[]): string {
  return votes.reduce((a, b) => (b[0] > a[0] ? b : a))[1];
}

/** Once for each slot that is free, as TLC counts; the first is taken. */
const takeCommand: Act = ({ shared }, _, own, __, pick) => {
  if (!leads(own) || own.prepared !== own.known) return undefined;
  const at = own.slots.findIndex(({ status }) => status === 'empty');
  const command = shared.pending.find((one) => own.slots.every((slot) => slot.command !== one));
  if (command === undefined) return undefined;
  pick(own.slots.filter(({ status }) => status === 'empty'));
  const ballot = own.prepared;
  observe(shared, ['asked', command, '']);
  return {
    ...own,
    slots: own.slots.with(at, { status: 'accepting', command, votedAt: ballot, voted: command }),
    accepts: withAll(own.accepts, [[ballot, at, command]]),
    accepted: withAll(own.accepted, [[ballot, at]]),
  };
};

const accept: Act = ({ replica }, _, own, __, pick) => {
  const [ballot, at, command] = pick(
    replica
      .flatMap(({ accepts }) => accepts)
      .filter(([b, slot]) => b >= own.known && b > (own.slots[slot] as PaxosSlot).votedAt),
  );
  return {
    ...own,
    known: ballot,
    slots: own.slots.with(at, { status: 'accepting', command, votedAt: ballot, voted: command }),
    accepted: withAll(own.accepted, [[ballot, at]]),
  };
};

const commit: Act = ({ replica, shared }, _, own, { majority }) => {
  const at = own.committed;
  const slot = own.slots[at];
  if (!leads(own) || own.prepared !== own.known || slot?.status !== 'accepting') return undefined;
  const accepted = replica.filter((one) => one.accepted.some(([b, to]) => b === own.prepared && to === at));
  if (accepted.length < majority) return undefined;
  observe(shared, ['answered', slot.command, own.value]);
  shared.pending = shared.pending.filter((command) => command !== slot.command);
  if (!shared.notices.includes(at)) shared.notices = [...shared.notices, at].sort((a, b) => a - b);
  return applied(own, slot);
};

const hearCommit: Act = ({ shared: { notices } }, _, own) => {
  const slot = own.slots[own.committed];
  if (leads(own) || slot?.status !== 'accepting' || !notices.includes(own.committed)) return undefined;
  return applied(own, slot);
};

function applied(own: PaxosReplica, slot: PaxosSlot): PaxosReplica {
  return {
    ...own,
    slots: own.slots.with(own.committed, { ...slot, status: 'committed' }),
    committed: own.committed + 1,
    value: slot.command.startsWith('w') ? slot.command : own.value,
  };
}

function observe(shared: State['shared'], event: ClientEvent): void {
  const { observed } = shared;
  if (!observed.some((one) => one.join() === event.join())) shared.observed = [...observed, event];
}

/** A sorted list of messages with these among them. */
function withAll<T extends readonly (number | string)[]>(
  sent: readonly T[],
  more: readonly T[],
): readonly T[] {
  const all = new Map([...sent, ...more].map((message) => [message.join(), message]));
  return [...all.keys()].sort().map((key) => all.get(key) as T);
}

function isLinearizable(observed: readonly ClientEvent[], commands: readonly string[]): boolean {
  const at = (kind: ClientEvent[0], command: string): number =>
    observed.findIndex((event) => event[0] === kind && event[1] === command);
  const result = (command: string): string => (observed[at('answered', command)] as ClientEvent)[2];
  return orders(commands).some((order) => {
    let value = '';
    return order.every((command, i) => {
      if (result(command) !== value) return false;
      if (command.startsWith('w')) value = command;
      return order.slice(i + 1).every((later) => at('answered', later) > at('asked', command));
    });
  });
}

function orders(items: readonly string[]): string[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item) =>
    orders(items.filter((other) => other !== item)).map((rest) => [item, ...rest]),
  );
}
