import { clonePlain } from '@holdfast/plain';
import { type RecordedStep, validateRecording } from '@holdfast/explore';
import {
  type Machine,
  type Outbox,
  raft,
  type RaftCommand,
  type RaftMessage,
  type RaftResult,
  type RaftState,
} from '@holdfast/protocols';
import { randomRun } from '../packages/explore/test/validate/network.ts';
import { type Bench, type BenchTable, compare } from './lib/bench.ts';

type Step = RecordedStep<RaftMessage, RaftCommand, RaftResult>;

const STEPS = 100_000;
const MACHINE: Machine = { name: 'nothing', init: () => null, apply: () => null };
const CORE = raft(
  { voters: [1, 2, 3], preVote: false, checkQuorum: false, snapshotEvery: 50, keepEntries: 10 },
  MACHINE,
);

/** Three Raft nodes with losses, crashes and torn stores, a request about every twenty steps. */
function record(): Step[] {
  let state = 1;
  const random = (among: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * among);
  };
  const command = (id: number): RaftCommand => ({ client: 0, sequence: 0, operation: { f: 'write', id } });
  return randomRun({ nodes: 3, core: CORE, command, steps: STEPS, crashEvery: 1_000, random });
}

/** The floor: the core alone, told the same events, whatever it does left unlooked at. */
function coreAlone(steps: readonly Step[]): number {
  const states = new Map<number, RaftState>();
  let choices: number[] = [];
  let tokens: number[] = [];
  const nothing: Outbox<RaftMessage, RaftResult> = {
    send: () => undefined,
    store: () => tokens.shift() ?? 0,
    setTimer: () => undefined,
    cancelTimer: () => undefined,
    reply: () => undefined,
    choose: () => choices.shift() ?? 0,
    note: () => undefined,
  };
  for (const { node, event, effects } of steps) {
    choices = effects.flatMap((effect) => (effect.kind === 'choose' ? [effect.answer] : []));
    tokens = effects.flatMap((effect) => (effect.kind === 'store' ? [effect.token] : []));
    if (event.kind === 'boot')
      states.set(node, CORE.boot({ self: node, records: clonePlain(event.records) }, nothing));
    else CORE.step(states.get(node) as RaftState, clonePlain(event) as typeof event, nothing);
  }
  return steps.length;
}

function validate(steps: readonly Step[]): number {
  const result = validateRecording(() => CORE, steps);
  if (!result.accepted) throw new Error(`refused at ${result.at}: ${result.reason}`);
  return result.steps;
}

const bench: Bench = {
  name: 'validation of recorded runs',
  run: (): Promise<BenchTable> => {
    const steps = record();
    return compare({
      title: '100,000 recorded steps of three Raft nodes with crashes, judged as a behaviour of the core',
      unit: 'steps',
      subjects: [
        { name: 'the core alone, told the same events', run: () => coreAlone(steps) },
        { name: 'validation', run: () => validate(steps) },
      ],
      warmUps: 1,
      repeats: 3,
      clock: 'cpu',
    });
  },
};
export default bench;
