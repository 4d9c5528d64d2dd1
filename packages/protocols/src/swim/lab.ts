import type { LabAnswer, LabDefect, LabVariant, ProtocolLab } from '../lab/lab.ts';
import { swimConfig, type SwimOptions } from './config.ts';
import { swim } from './core.ts';
import type { SwimDefect } from './defects.ts';
import type { SwimMessage } from './messages.ts';
import { SWIM_PROMISES, SwimMonitor } from './monitor.ts';
import type { SwimCommand, SwimResult, SwimState } from './state.ts';

/** Members cut off for longer than a suspicion lasts. */
const CUT_OFF = {
  troubles: [{ kind: 'storm', fault: 'isolate', on: 'any', everyMs: [1_500, 3_000], forMs: [1_500, 3_000] }],
} as const satisfies Partial<LabDefect>;

/** Members that are slow for a while, and messages that are lost: much suspicion, few deaths. */
const SLOW = {
  troubles: [
    { kind: 'steady', fault: 'loss', probability: 0.15 },
    { kind: 'storm', fault: 'pause', on: 'any', everyMs: [400, 1_000], forMs: [200, 900] },
  ],
} as const satisfies Partial<LabDefect>;

/** SWIM on six members that come and go, as the laboratory takes it. */
export const swimLab: ProtocolLab<SwimState, SwimMessage, SwimCommand, SwimResult> = {
  name: 'swim',
  about: 'six members that keep the list of themselves: probes, suspicion, incarnations, Lifeguard',
  nodes: [1, 2, 3, 4, 5, 6],
  fewestNodes: 3,
  core: (variant) => swim(optionsOf(variant)),
  monitor: (variant) => new SwimMonitor(swimConfig(optionsOf(variant))),
  promises: SWIM_PROMISES,
  operations: [
    { f: 'members', weight: 5, judged: false, atTheEnd: true },
    { f: 'join', weight: 4, judged: false },
    { f: 'leave', weight: 1, judged: false },
    { f: 'vanish', weight: 1, judged: false },
  ],
  model: null,
  clients: { kind: 'one-at-a-time', retries: false },
  command: ({ f }) => f as SwimCommand,
  answer: ({ members }): LabAnswer => ({ kind: 'done', output: members }),
  survives: ['crash-recovery', 'omission', 'timing'],
  troubles: [
    {
      kind: 'swarm',
      classes: [
        'crashes',
        'lostWrites',
        'pauses',
        'loss',
        'duplication',
        'reordering',
        'partitions',
        'slowLinks',
        'clockSkew',
      ],
    },
  ],
  load: { clients: 3, keys: 1, ratePerSecond: 1 },
  bounds: { simulatedSeconds: 40, recoverWithinMs: 8_000 },
  defects: [
    {
      name: 'suspicion-without-incarnation',
      about: 'takes a suspect or dead member for alive again on old news',
      breaks: 'opinions only rise',
      ...SLOW,
    },
    {
      name: 'dead-overrides-newer',
      about: 'believes a death though the member has taken a later incarnation since',
      breaks: 'opinions only rise',
      catalogue: 103,
      ...CUT_OFF,
    },
    {
      name: 'refutes-at-same-incarnation',
      about: 'answers an accusation without raising its incarnation',
      breaks: 'accuracy at rest',
      ...CUT_OFF,
    },
    {
      name: 'raises-others',
      about: 'clears a suspect it hears from with an incarnation that member never took',
      breaks: 'incarnations are their owners',
      ...SLOW,
    },
    {
      name: 'believes-own-death',
      about: 'believes that it is dead because the others say so',
      breaks: 'accuracy at rest',
      catalogue: 104,
      ...CUT_OFF,
    },
    {
      name: 'accuses-behind-the-back',
      about: 'does not tell a member what it is held for',
      breaks: 'accuracy at rest',
      catalogue: 101,
      ...CUT_OFF,
    },
    {
      name: 'forgets-incarnation',
      about: 'begins at incarnation 0 again after a crash',
      breaks: 'incarnations are their owners',
      catalogue: 101,
    },
    {
      name: 'no-indirect-probe',
      about: 'suspects a member without asking others to probe it',
      breaks: 'others are asked first',
      catalogue: 104,
      ...SLOW,
    },
    {
      name: 'probes-at-random',
      about: 'picks whom to probe at random instead of in turn',
      breaks: 'everyone is probed in turn',
    },
    {
      name: 'suspicion-never-ends',
      about: 'never gives a suspect up',
      breaks: 'completeness at rest',
    },
    {
      name: 'unbounded-piggyback',
      about: 'passes news on for ever',
      breaks: 'news is passed on boundedly',
    },
    {
      name: 'forgets-the-dead',
      about: 'speaks no more to those it holds dead',
      breaks: 'accuracy at rest',
      troubles: [
        { kind: 'storm', fault: 'isolate', on: 'any', everyMs: [1_000, 2_000], forMs: [5_000, 9_000] },
      ],
    },
    {
      name: 'refutes-after-leaving',
      about: 'answers accusations though it has left',
      breaks: 'who left stays out',
    },
  ],
};

function optionsOf({ nodes, defect, options }: LabVariant): SwimOptions {
  return { syncEvery: 5, ...options, nodes, defect: defect as SwimDefect | undefined };
}
