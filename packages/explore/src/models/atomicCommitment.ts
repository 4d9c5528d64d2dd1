import type { Spec, SpecAction } from '../engine/spec/spec.ts';

type Outcome = 'commit' | 'abort';
type Sent = Outcome | 'not sent';

/** How a decision reaches all participants. */
export type CommitmentBroadcast =
  /** The coordinator tells each in turn; when it crashes in between, some never hear. */
  | 'simple'
  /** Whoever hears tells all others before it acts: then the protocol does not block. */
  | 'forwards-first'
  /** Whoever hears acts, and tells the others afterwards: the documented mistake. */
  | 'acts-first';

/** The state of an atomic commitment; crashed processes stay down. */
export interface CommitmentState {
  vote: ('yes' | 'no')[];
  alive: boolean[];
  decision: (Outcome | 'undecided')[];
  voteSent: boolean[];
  /** What participant i has forwarded to j, at i * participants + j; to itself: what it has heard. */
  forward: Sent[];
  request: boolean[];
  received: ('yes' | 'no' | 'waiting')[];
  broadcast: Sent[];
  coordinator: { alive: boolean; decision: Outcome | 'undecided' };
}

type Action = SpecAction<CommitmentState>;

/**
 * Atomic commitment with a coordinator that may crash, by Babaoglu and Toueg ("Non-Blocking Atomic Commitment", in Mullender, Distributed
 * Systems, 1993); modules ACP_SB, ACP_NB and ACP_NB_WRONG. Timeouts know who has crashed.
 */
export function atomicCommitment(
  participants: number,
  broadcast: CommitmentBroadcast,
): Spec<CommitmentState> {
  const ids = Array.from({ length: participants }, (_, i) => i);
  const each = ids.flatMap((i) => participantActions(i, ids, broadcast));
  const pairs = ids.flatMap((i) => ids.filter((j) => j !== i).map((j) => [i, j] as const));
  // The modules with forwarding let a participant and a partner act; what concerns the participant alone is there for every partner.
  const times = broadcast === 'simple' ? 1 : participants;
  const repeated = Array.from({ length: times }, (_, time) =>
    each.map((action) => (time === 0 ? action : { ...action, name: `${action.name} (${time + 1})` })),
  ).flat();
  const forwarding =
    broadcast === 'simple' ? [] : pairs.flatMap(([i, j]) => pairActions(i, j, ids, broadcast));
  return {
    name: `atomic commitment, ${participants} participants, ${broadcast}`,
    init: votes(participants).map((vote) => start(vote)),
    actions: [...coordinatorActions(ids), ...repeated, ...forwarding],
    always: {
      agreement: ({ decision }) => !(decision.includes('commit') && decision.includes('abort')),
      'commit only when all vote yes': ({ decision, vote }) =>
        !decision.includes('commit') || vote.every((one) => one === 'yes'),
      'abort only for a no or a crash': ({ decision, vote, alive, coordinator }) =>
        !decision.includes('abort') || vote.includes('no') || alive.includes(false) || !coordinator.alive,
    },
  };
}

function start(vote: readonly ('yes' | 'no')[]): CommitmentState {
  const all = <T>(value: T): T[] => vote.map(() => value);
  return {
    vote: [...vote],
    alive: all(true),
    decision: all('undecided'),
    voteSent: all(false),
    forward: vote.flatMap(() => all<Sent>('not sent')),
    request: all(false),
    received: all('waiting'),
    broadcast: all('not sent'),
    coordinator: { alive: true, decision: 'undecided' },
  };
}

function votes(participants: number): ('yes' | 'no')[][] {
  let lists: ('yes' | 'no')[][] = [[]];
  for (let i = 0; i < participants; i++)
    lists = lists.flatMap((list) => [
      [...list, 'yes'],
      [...list, 'no'],
    ]);
  return lists;
}

function coordinatorActions(ids: readonly number[]): Action[] {
  const waits = ({ coordinator, request }: CommitmentState): boolean =>
    coordinator.alive && coordinator.decision === 'undecided' && request.every((asked) => asked);
  const each = (i: number): Action[] => [
    {
      name: `coordinator asks ${i + 1}`,
      run(s): boolean {
        if (!s.coordinator.alive || s.request[i] === true) return false;
        s.request[i] = true;
        return true;
      },
    },
    {
      name: `coordinator hears the vote of ${i + 1}`,
      run(s): boolean {
        if (!waits(s) || s.received[i] !== 'waiting' || s.voteSent[i] !== true) return false;
        s.received[i] = s.vote[i] as 'yes' | 'no';
        return true;
      },
    },
    {
      name: `coordinator finds ${i + 1} crashed`,
      run(s): boolean {
        if (!waits(s) || s.received[i] !== 'waiting' || s.alive[i] === true || s.voteSent[i] === true)
          return false;
        s.coordinator.decision = 'abort';
        return true;
      },
    },
    {
      name: `coordinator decides to abort as ${i + 1} voted no`,
      run(s): boolean {
        const { alive, decision } = s.coordinator;
        if (!alive || decision !== 'undecided' || s.received.includes('waiting')) return false;
        if (s.received[i] !== 'no') return false;
        s.coordinator.decision = 'abort';
        return true;
      },
    },
    {
      name: `coordinator tells ${i + 1}`,
      run(s): boolean {
        const { alive, decision } = s.coordinator;
        if (!alive || decision === 'undecided' || s.broadcast[i] !== 'not sent') return false;
        s.broadcast[i] = decision;
        return true;
      },
    },
  ];
  return [
    {
      name: 'coordinator decides to commit',
      run(s): boolean {
        const { alive, decision } = s.coordinator;
        if (!alive || decision !== 'undecided' || s.received.some((vote) => vote !== 'yes')) return false;
        s.coordinator.decision = 'commit';
        return true;
      },
    },
    {
      name: 'coordinator crashes',
      run(s): boolean {
        if (!s.coordinator.alive) return false;
        s.coordinator.alive = false;
        return true;
      },
    },
    ...ids.flatMap(each),
  ];
}

/** What a participant does whatever the broadcast, and how it hears from the coordinator. */
function participantActions(i: number, ids: readonly number[], broadcast: CommitmentBroadcast): Action[] {
  const undecided = ({ alive, decision }: CommitmentState): boolean =>
    alive[i] === true && decision[i] === 'undecided';
  const own = i * ids.length + i;
  const common: Action[] = [
    {
      name: `${i + 1} crashes`,
      run(s): boolean {
        if (s.alive[i] !== true) return false;
        s.alive[i] = false;
        return true;
      },
    },
    {
      name: `${i + 1} votes`,
      run(s): boolean {
        if (s.alive[i] !== true || s.request[i] !== true) return false;
        s.voteSent[i] = true;
        return true;
      },
    },
    {
      name: `${i + 1} aborts as it voted no`,
      run(s): boolean {
        if (!undecided(s) || s.voteSent[i] !== true || s.vote[i] !== 'no') return false;
        s.decision[i] = 'abort';
        return true;
      },
    },
    {
      name: `${i + 1} aborts as nobody asked it`,
      run(s): boolean {
        if (!undecided(s) || s.coordinator.alive || s.request[i] === true) return false;
        s.decision[i] = 'abort';
        return true;
      },
    },
  ];
  if (broadcast !== 'forwards-first') common.push(decidesAsTold(i, undecided));
  else
    common.push(
      {
        name: `${i + 1} hears the decision`,
        run(s): boolean {
          if (s.alive[i] !== true || s.forward[own] !== 'not sent' || s.broadcast[i] === 'not sent')
            return false;
          s.forward[own] = s.broadcast[i] as Outcome;
          return true;
        },
      },
      {
        name: `${i + 1} decides`,
        run(s): boolean {
          if (s.alive[i] !== true) return false;
          if (ids.some((j) => s.forward[i * ids.length + j] === 'not sent')) return false;
          s.decision[i] = s.forward[own] as Outcome;
          return true;
        },
      },
    );
  return broadcast === 'simple' ? common : [...common, abortsAlone(i, ids, undecided)];
}

function decidesAsTold(i: number, undecided: (s: CommitmentState) => boolean): Action {
  return {
    name: `${i + 1} decides as it is told`,
    run(s): boolean {
      if (!undecided(s) || s.broadcast[i] === 'not sent') return false;
      s.decision[i] = s.broadcast[i] as Outcome;
      return true;
    },
  };
}

/** When the coordinator is down and no crashed process has told anybody who lives. */
function abortsAlone(i: number, ids: readonly number[], undecided: (s: CommitmentState) => boolean): Action {
  return {
    name: `${i + 1} aborts as nobody alive was told`,
    run(s): boolean {
      if (!undecided(s) || s.coordinator.alive) return false;
      const living = ids.filter((j) => s.alive[j] === true);
      const dead = ids.filter((j) => s.alive[j] !== true);
      if (living.some((j) => s.broadcast[j] !== 'not sent')) return false;
      if (dead.some((j) => living.some((k) => s.forward[j * ids.length + k] !== 'not sent'))) return false;
      s.decision[i] = 'abort';
      return true;
    },
  };
}

function pairActions(i: number, j: number, ids: readonly number[], broadcast: CommitmentBroadcast): Action[] {
  const count = ids.length;
  const [own, out, back] = [i * count + i, i * count + j, j * count + i];
  const first = broadcast === 'forwards-first';
  return [
    {
      name: `${i + 1} forwards to ${j + 1}`,
      run(s): boolean {
        const known = first ? (s.forward[own] as Sent) : (s.decision[i] as Outcome | 'undecided');
        if (s.alive[i] !== true || known === 'not sent' || known === 'undecided') return false;
        if (s.forward[out] !== 'not sent') return false;
        s.forward[out] = known;
        return true;
      },
    },
    {
      name: `${i + 1} hears from ${j + 1}`,
      run(s): boolean {
        if (s.alive[i] !== true || s.forward[back] === 'not sent') return false;
        if (first ? s.forward[own] !== 'not sent' : s.decision[i] !== 'undecided') return false;
        if (first) s.forward[own] = s.forward[back] as Sent;
        else s.decision[i] = s.forward[back] as Outcome;
        return true;
      },
    },
  ];
}
