import { ROLLOUT, type RunbookSteps } from 'holdfast';

/** What is done in each event: a state machine each. */
export const STEPS = {
  'leader loss': {
    initial: 'woken',
    moves: { woken: ['elected', 'no majority'], 'no majority': ['elected'], elected: ['well'], well: [] },
    does: {
      woken: 'look at "leader changes": the members elect another by themselves, by a majority',
      'no majority': 'start members until more than half are up; force nobody',
      elected: 'look at errors: clients repeat under the same key, so nothing is done twice',
      well: 'write down when it began and when it ended',
    },
  },
  partition: {
    initial: 'woken',
    moves: { woken: ['cut known'], 'cut known': ['healed'], healed: ['well'], well: [] },
    does: {
      woken: 'find out who hears whom, in both directions',
      'cut known': 'leave the smaller side alone: it refuses, as it has no majority',
      healed: 'wait until the lag is gone',
      well: 'compare what the smaller side had with what the others have',
    },
  },
  lag: {
    initial: 'woken',
    moves: {
      woken: ['replica down', 'replica slow'],
      'replica down': ['catching up'],
      'replica slow': ['catching up'],
      'catching up': ['well'],
      well: [],
    },
    does: {
      woken: 'find the replica that is behind',
      'replica down': 'start it, on the disk that it had',
      'replica slow': 'look at its disk and its network',
      'catching up': 'wait; read from the others meanwhile',
      well: 'nothing more',
    },
  },
  replay: {
    initial: 'woken',
    moves: {
      woken: ['cause mended'],
      'cause mended': ['sent again'],
      'sent again': ['well', 'woken'],
      well: [],
    },
    does: {
      woken: 'read why the letters were set aside; keep a copy of them first',
      'cause mended': 'send one of them, and look at what becomes of it',
      'sent again': 'send the others: whoever prints knows what was printed',
      well: 'the queue of letters set aside is empty',
    },
  },
  'bad deploy': {
    ...ROLLOUT,
    does: {
      'going out': 'watch the trigger; nobody has to do anything',
      'going back': 'wait until every server runs the version before',
      out: 'stop writing what the old version reads, one release later',
      back: 'read the evidence before anything is tried again',
    },
  },
} as const satisfies Readonly<Record<string, RunbookSteps>>;
