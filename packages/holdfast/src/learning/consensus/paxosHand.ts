import { clonePlain, encodePlain, type Plain } from '@holdfast/plain';
import {
  type CoreEvent,
  type Outbox,
  paxos,
  type PaxosCommand,
  type PaxosMessage,
  type PaxosResult,
  type PaxosState,
} from '@holdfast/protocols';
import { Draws } from '../draws.ts';
import type { BeliefAnswer } from '../marks.ts';

/** One delivery of a Paxos run, and what the node that hears it does. */
export interface PaxosStep {
  /** What happens, in words. */
  readonly happens: string;
  /** What the node does: `promise`, `promise a`, `accepted`, `refuse`, `ask a`, `decided a` or `nothing`. */
  readonly does: string;
  readonly because: string;
  readonly beliefs: readonly BeliefAnswer[];
}

interface Flying {
  readonly from: number;
  readonly to: number;
  readonly message: PaxosMessage;
}

const NODES = [1, 2, 3];
/** What clients ask of nodes 1 and 3. */
const WANTED: Readonly<Record<number, string>> = { 1: 'a', 3: 'c' };
const MOST_STEPS = 18;
const MOST_TRIES = 4_000;

const FORGETS =
  'an acceptor that has accepted a value is bound to that proposer: it promises every higher ballot, and tells what it accepted';
const OWN =
  'a proposer asks for its own value: if a promise tells of an accepted one it must ask for that, the highest first';
const BROKEN = 'an acceptor takes whatever comes: it has promised to take nothing below a ballot';
const EARLY = 'one answer is enough: it takes a majority, the proposer itself included';

/** Three nodes of the very core that is simulated and explored, driven by hand: every delivery is a step. */
class HandRun {
  readonly steps: PaxosStep[] = [];
  private readonly core = paxos({ nodes: NODES });
  private readonly states = new Map<number, PaxosState>();
  private flying: Flying[] = [];
  private readonly timers = new Set<string>();
  private decided = 0;

  constructor() {
    for (const self of NODES) {
      const out = this.outbox(self);
      this.states.set(self, this.core.boot({ self, records: {} }, out.box));
      this.settle(self, out);
    }
  }

  get isDecided(): boolean {
    return this.decided > 0;
  }

  request(node: number, value: string): void {
    const sent = this.step(node, { kind: 'request', id: node, command: { value } });
    this.tell(`a client asks node ${node} for ${value}: it prepares ballot ${ballotIn(sent)}`);
  }

  /** Delivers one of what is on its way, or lets a proposer try again; false when nothing can happen. */
  deliver(draws: Draws): boolean {
    const shown = this.flying.filter(({ message }) => message.type !== 'learn');
    if (shown.length === 0) {
      const [timer] = [...this.timers].toSorted();
      if (timer === undefined) return false;
      this.timers.delete(timer);
      const [node = '1', name = ''] = timer.split(' ');
      const sent = this.step(Number(node), { kind: 'timer', timer: name });
      if (sent.some(({ message }) => message.type === 'prepare'))
        this.tell(`node ${node} tries again: it prepares ballot ${ballotIn(sent)}`);
      return true;
    }
    const flying = draws.pick(shown);
    this.flying = this.flying.filter((each) => each !== flying);
    if (draws.below(6) === 0) return true;
    const { from, to, message } = flying;
    const before = this.states.get(to);
    const acceptedBefore = before?.acceptedBallot ?? 0;
    const decidedBefore = before?.decided ?? null;
    const sent = this.step(to, { kind: 'message', from, message });
    const now = this.states.get(to)?.decided ?? null;
    const isNew = decidedBefore === null && now !== null;
    if (isNew) this.decided++;
    this.steps.push(
      this.described(flying, sent, { acceptedBefore, decidedNow: isNew ? wordOf(now?.value ?? null) : '' }),
    );
    return true;
  }

  private described(
    { from, to, message }: Flying,
    sent: readonly Flying[],
    { acceptedBefore, decidedNow }: { readonly acceptedBefore: number; readonly decidedNow: string },
  ): PaxosStep {
    const happens = `node ${to} hears from node ${from}: ${words(message)}`;
    const asks = sent.find((each) => each.message.type === 'accept')?.message;
    const answers = sent.find((each) => each.to === from)?.message;
    const own = WANTED[to] ?? '';
    if (message.type === 'prepare') {
      const does = answers === undefined ? 'nothing' : promised(answers);
      const because =
        does === 'refuse'
          ? 'it has promised a higher ballot'
          : 'the ballot is above all it has promised, and it tells what it accepted';
      const beliefs =
        acceptedBefore > 0
          ? [
              { answer: 'refuse', belief: FORGETS },
              { answer: 'promise', belief: FORGETS },
            ]
          : [];
      return {
        happens,
        does,
        because,
        beliefs: does === 'refuse' ? [{ answer: 'promise', belief: BROKEN }] : beliefs,
      };
    }
    if (message.type === 'accept') {
      const does = answers?.type === 'refuse' ? 'refuse' : 'accepted';
      const because =
        does === 'refuse' ? 'it has promised a higher ballot' : 'it has promised nothing higher';
      return {
        happens,
        does,
        because,
        beliefs: does === 'refuse' ? [{ answer: 'accepted', belief: BROKEN }] : [],
      };
    }
    if (decidedNow !== '')
      return {
        happens,
        does: `decided ${decidedNow}`,
        because: 'a majority has accepted that ballot, itself included',
        beliefs: [],
      };
    if (asks?.type === 'accept') {
      const value = wordOf(asks.value);
      const because =
        value === own
          ? 'nobody of a majority had accepted anything'
          : `a promise told of ${value}, which may be chosen already`;
      return { happens, does: `ask ${value}`, because, beliefs: [{ answer: `ask ${own}`, belief: OWN }] };
    }
    return {
      happens,
      does: 'nothing',
      because: 'it is late, or not enough',
      beliefs: ['a', 'c'].flatMap((value) => [
        { answer: `ask ${value}`, belief: EARLY },
        { answer: `decided ${value}`, belief: EARLY },
      ]),
    };
  }

  private tell(happens: string): void {
    this.steps.push({ happens, does: '', because: '', beliefs: [] });
  }

  private step(node: number, event: CoreEvent<PaxosMessage, PaxosCommand>): readonly Flying[] {
    const out = this.outbox(node);
    const state = this.states.get(node);
    if (state === undefined) return [];
    this.core.step(state, event, out.box);
    this.settle(node, out);
    return out.sent;
  }

  /** What was stored is durable at once, and the node hears so until it has nothing more to say. */
  private settle(node: number, out: Collected): void {
    const state = this.states.get(node);
    for (
      let token = out.stored.shift();
      token !== undefined && state !== undefined;
      token = out.stored.shift()
    )
      this.core.step(state, { kind: 'stored', token }, out.box);
    this.flying.push(...out.sent);
  }

  private outbox(node: number): Collected {
    const sent: Flying[] = [];
    const stored: number[] = [];
    let tokens = this.tokens.get(node) ?? 0;
    const box: Outbox<PaxosMessage, PaxosResult> = {
      send: (to, message) => void sent.push({ from: node, to, message: clonePlain(message) }),
      store: () => {
        tokens++;
        this.tokens.set(node, tokens);
        stored.push(tokens);
        return tokens;
      },
      setTimer: (timer) => void this.timers.add(`${node} ${timer}`),
      cancelTimer: (timer) => void this.timers.delete(`${node} ${timer}`),
      reply: () => undefined,
      choose: () => 0,
      note: () => undefined,
    };
    return { box, sent, stored };
  }

  private readonly tokens = new Map<number, number>();
}

interface Collected {
  readonly box: Outbox<PaxosMessage, PaxosResult>;
  readonly sent: Flying[];
  readonly stored: number[];
}

function ballotIn(sent: readonly Flying[]): number {
  const found = sent.map(({ message }) => message).find(({ type }) => type === 'prepare');
  return found !== undefined && 'ballot' in found ? found.ballot : 0;
}

function wordOf(value: Plain): string {
  return typeof value === 'string' ? value : encodePlain(value);
}

function promised(message: PaxosMessage): string {
  if (message.type !== 'promise') return 'refuse';
  return message.acceptedBallot > 0 ? `promise ${wordOf(message.value)}` : 'promise';
}

function words(message: PaxosMessage): string {
  switch (message.type) {
    case 'prepare':
      return `prepare ballot ${message.ballot}`;
    case 'promise':
      return message.acceptedBallot > 0
        ? `promise for ballot ${message.ballot}; accepted ${wordOf(message.value)} in ballot ${message.acceptedBallot}`
        : `promise for ballot ${message.ballot}; accepted nothing`;
    case 'accept':
      return `accept ${wordOf(message.value)} in ballot ${message.ballot}`;
    case 'accepted':
      return `accepted in ballot ${message.ballot}`;
    case 'refuse':
      return `refused ballot ${message.ballot}: promised ${message.promised}`;
    default:
      return 'the value is chosen';
  }
}

/** What a run must show: a value that is overridden, or two proposers that outbid each other. */
export type PaxosScene = 'override' | 'duel';

/** A run of Paxos for a seed that shows the scene and ends with a decision. */
export function paxosRun(scene: PaxosScene, seed: number): readonly PaxosStep[] {
  const draws = new Draws(seed, `paxos ${scene}`);
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const run = new HandRun();
    run.request(1, 'a');
    const before = draws.below(5);
    for (let i = 0; i < before; i++) run.deliver(draws);
    run.request(3, 'c');
    while (!run.isDecided && run.steps.length < MOST_STEPS && run.deliver(draws));
    if (run.isDecided && shows(scene, run.steps)) return run.steps;
  }
  throw new Error(
    `Cannot make a ${scene} for seed ${seed}: ${MOST_TRIES} tries showed none; take another seed`,
  );
}

function shows(scene: PaxosScene, steps: readonly PaxosStep[]): boolean {
  if (scene === 'override')
    return steps.some(
      ({ does, beliefs }) => does.startsWith('ask') && beliefs.every(({ answer }) => answer !== does),
    );
  return steps.filter(({ does }) => does === 'refuse').length >= 2;
}
