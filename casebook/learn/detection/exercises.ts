import {
  AnswerError,
  asymmetricTask,
  choiceOf,
  curveSvg,
  type Exercise,
  exercise,
  type Grade,
  type Mark,
  markTuned,
  numberIn,
  quiz,
  recordOf,
  tradeOffCurves,
  tuningText,
  workloadTask,
} from 'holdfast';
import { judged, LEAST_TIMEOUT_MS, MOST_TIMEOUT_MS } from './anyTimeout.ts';

const NO_TIMEOUT = choiceOf({
  id: 'neverWrong',
  question: 'Is there a timeout that is never wrong?',
  right: 'no',
  because:
    'a longer one is wrong for longer about the dead, a shorter one is wrong about more of the living; every one is wrong about both',
  wrong: [
    {
      choice: 'a long enough one',
      belief: 'a long timeout is safe: a pause may be longer still, and the dead are waited for',
    },
    {
      choice: 'one that adapts',
      belief: 'an adaptive timeout knows the dead: it guesses from the past like any other',
    },
  ],
});

const FLP = choiceOf({
  id: 'flp',
  question: 'What has that to do with the result of Fischer, Lynch and Paterson?',
  right:
    'in a system without bounds on delays no algorithm always decides when one process may have crashed, as it cannot be told from a slow one',
  because:
    'waiting for the silent one may be for ever, going on without it may be wrong; so real systems decide only while delays are bounded, and are safe always',
  wrong: [
    {
      choice: 'it says that consensus is impossible in practice',
      belief: 'FLP forbids consensus: it forbids only that it always ends, in a system without bounds',
    },
    {
      choice: 'it says that messages may be lost',
      belief: 'FLP is about lost messages: it holds although every message arrives',
    },
    {
      choice: 'nothing: a timeout is a setting, consensus is an algorithm',
      belief: 'a timeout lies outside the algorithm: it is the only failure detector there is',
    },
  ],
});

const anyTimeout: Exercise = exercise({
  name: 'any-timeout',
  title: 'Dead or slow',
  about: 'Takes any timeout, and meets a dead worker and a slow one that it misjudges.',
  topic: 'reality',
  answers: 'file',
  task: () => ({
    text: [
      'A watcher hears the heartbeats of a worker, and calls it dead after a silence.',
      `Under "timeoutMs" write the timeout you would choose: any number from ${LEAST_TIMEOUT_MS} to ${MOST_TIMEOUT_MS}. Then predict two runs with it.`,
      'dead run: the worker crashes for good. Under "stillAliveMs", how long is it called alive nevertheless? (to within a tenth)',
      'slow run: the worker sleeps, and then goes on. Under "pauseMs", a pause after which it is called dead although it lives.',
      '',
      NO_TIMEOUT.text,
      '',
      FLP.text,
    ].join('\n'),
    blank: { timeoutMs: null, stillAliveMs: null, pauseMs: null, neverWrong: null, flp: null },
    grade: (answers) => gradeTimeout(recordOf(answers)),
  }),
});

const PATIENCE = 'a short pause is enough: whoever is heard again before the timeout is never called dead';
const AT_ONCE = 'a crash is seen at once: nothing tells of it but silence, for the whole timeout';

function gradeTimeout(given: Readonly<Record<string, unknown>>): Grade {
  const timeoutMs = numberIn(given, 'timeoutMs');
  const choices = [NO_TIMEOUT.mark(given), FLP.mark(given)];
  if (timeoutMs === undefined) {
    const none = {
      item: 'a timeout',
      right: false,
      given: '',
      expected: 'any number',
      because: 'without one nothing runs',
    };
    return { marks: [none, ...choices] };
  }
  if (timeoutMs < LEAST_TIMEOUT_MS || timeoutMs > MOST_TIMEOUT_MS)
    throw new AnswerError(
      "'timeoutMs'",
      `a number from ${LEAST_TIMEOUT_MS} to ${MOST_TIMEOUT_MS}`,
      timeoutMs,
    );
  const slept = numberIn(given, 'pauseMs');
  if (slept !== undefined && (slept < 1 || slept > 2 * MOST_TIMEOUT_MS))
    throw new AnswerError("'pauseMs'", `a number from 1 to ${2 * MOST_TIMEOUT_MS}`, slept);
  const dead = judged(timeoutMs, { kind: 'crash' });
  const slow = judged(timeoutMs, { kind: 'pause', forMs: timeoutMs * 1.5 });
  return {
    marks: [deadMark(given, dead.calledDeadAfterMs), slowMark(timeoutMs, slept), ...choices],
    told: [
      `dead run: called alive for ${Math.round(dead.calledDeadAfterMs)} ms after its crash; whatever was given to it then is lost`,
      `slow run, asleep for ${timeoutMs * 1.5} ms: called dead for ${Math.round(slow.wronglyDeadMs)} ms while it lived`,
      `until it was called dead the watcher saw ${dead.seen === slow.seen ? 'the very same' : 'something else'} in both`,
    ],
  };
}

function deadMark(given: Readonly<Record<string, unknown>>, measured: number): Mark {
  const told = numberIn(given, 'stillAliveMs');
  const right = told !== undefined && Math.abs(told - measured) <= 0.1 * measured;
  const mark = {
    item: 'the dead run',
    right,
    given: told === undefined ? '' : `${told} ms`,
    expected: `about ${Math.round(measured)} ms`,
    because: 'it sent a heartbeat just before, and the watcher waits out its timeout after that',
  };
  return right || told === undefined || told > measured / 2 ? mark : { ...mark, belief: AT_ONCE };
}

function slowMark(timeoutMs: number, slept: number | undefined): Mark {
  const found = slept === undefined ? undefined : judged(timeoutMs, { kind: 'pause', forMs: slept });
  const right = found !== undefined && found.wronglyDeadMs > 0;
  const mark = {
    item: 'the slow run',
    right,
    given: slept === undefined ? '' : `${slept} ms`,
    expected: `more than ${timeoutMs} ms`,
    because: 'a pause longer than the timeout looks like a crash until it ends',
  };
  return right || found === undefined ? mark : { ...mark, belief: PATIENCE };
}

const WHY_NOT_500 = choiceOf({
  id: 'whyNot500',
  question: 'Somebody proposes one fixed timeout of 500 ms for all of them. What is wrong with it?',
  right:
    'the far links are often silent for longer while the node lives, and the near ones could be judged sooner by their own rhythm',
  because: 'one number cannot fit links of different rhythm; the table shows its mistakes',
  wrong: [
    {
      choice: 'it is too long: 500 ms is an age for a machine',
      belief: 'a shorter timeout is a better one: it buys detection with mistakes',
    },
    {
      choice: 'it is too short: 5 s would be right for all',
      belief: 'a long timeout is the safe choice: all the while the dead are waited for',
    },
    {
      choice: 'nothing, once the network is repaired',
      belief: 'delays are a defect that goes away: between regions they are the normal case',
    },
  ],
});

const asymmetric: Exercise = exercise({
  name: 'dead-to-some',
  title: 'Dead to some, alive to others',
  about: 'Chooses and tunes one detector for near and far peers, scored on hidden runs.',
  topic: 'detection',
  answers: 'file',
  task: (seed) => {
    const task = asymmetricTask(seed);
    return {
      text: `${tuningText(task)}\n\n${WHY_NOT_500.text}`,
      blank: { ...task.blank, whyNot500: null },
      grade: (answers) => {
        const given = recordOf(answers);
        const { marks, told } = markTuned(task, given);
        return { marks: [...marks, WHY_NOT_500.mark(given)], told };
      },
    };
  },
});

const LOWER = choiceOf({
  id: 'lower',
  question: 'You lower the threshold. What do you gain, and what do you pay?',
  right:
    'crashes are seen sooner, and more of the living are suspected: completeness is had sooner, accuracy is lost',
  because: 'completeness is that the dead are suspected in the end, accuracy that the living are not',
  wrong: [
    {
      choice: 'fewer mistakes, and crashes are seen later',
      belief: 'a lower threshold is more careful: it suspects sooner',
    },
    {
      choice: 'both: a sensitive detector is a better one',
      belief: 'detection time and mistakes can both be had: there is only a choice between them',
    },
    {
      choice: 'accuracy, at the price of completeness',
      belief: 'accuracy is to find the dead: it is not to suspect the living',
    },
  ],
});

const workload: Exercise = exercise({
  name: 'tune-a-detector',
  title: 'Tune a detector for a workload',
  about:
    'Sets the threshold of a phi accrual detector from a curve of detection time against mistakes, scored on hidden runs.',
  topic: 'detection',
  answers: 'file',
  task: (seed) => {
    const task = workloadTask(seed);
    return {
      text: `${tuningText(task)}\nThe picture shows what thresholds came to in runs that you may see.\n\n${LOWER.text}`,
      // Drawn when it is looked at: it takes many runs.
      get pictures(): Readonly<Record<string, string>> {
        return { 'trade-off.svg': curveSvg(tradeOffCurves(task)) };
      },
      blank: { ...task.blank, lower: null },
      grade: (answers) => {
        const given = recordOf(answers);
        const { marks, told } = markTuned(task, given);
        return { marks: [...marks, LOWER.mark(given)], told };
      },
    };
  },
});

const gossip: Exercise = quiz({
  name: 'gossip-and-swim',
  title: 'Gossip and SWIM',
  about: 'Says how news of members spreads, what it costs, and how a slow member clears itself.',
  topic: 'detection',
  questions: [
    {
      id: 'rounds',
      question:
        'A rumour reaches all of 8 members in about 3 rounds of gossip. About how many rounds does it take among 1,024?',
      right: 'about 10',
      because: 'each round those who know it tell others: it grows as the logarithm',
      run: 'holdfast run gossip',
      wrong: [
        {
          choice: 'about 380',
          belief: 'gossip takes rounds in proportion to the members: who knows it doubles each round',
        },
        { choice: 'about 3', belief: 'gossip takes the same time at any size: it grows as the logarithm' },
      ],
    },
    {
      id: 'load',
      question: 'How many messages does one member send in a period, as the group grows?',
      right: 'the same in SWIM, and as many as there are members where all tell all',
      because: 'a member probes one other a period, and news rides on its messages',
      run: 'holdfast run swim',
      wrong: [
        {
          choice: 'more in both',
          belief: 'a larger group costs each member more: gossip is made so that it does not',
        },
        { choice: 'the same in both', belief: 'broadcast costs nothing more: it is one message to each' },
      ],
    },
    {
      id: 'indirect',
      question: 'Why does a member of SWIM ask others to probe whom it did not hear?',
      right: 'the fault may lie between the two, and not at the other',
      because: 'who is reached by another way lives',
      run: 'holdfast run swim-no-indirect-probe',
      wrong: [
        {
          choice: 'to vote on its death',
          belief: 'a membership is decided by votes: it is only spread, and may differ for a while',
        },
        { choice: 'to spread the load', belief: 'indirect probes are for load: they cost more' },
      ],
    },
    {
      id: 'refute',
      question: 'A slow member hears that it is suspected. How does it clear itself?',
      right: 'it raises its incarnation, which only it may do, and spreads that',
      because: 'old news of its suspicion then loses against newer news of its life',
      run: 'holdfast run swim-refutes-at-same-incarnation',
      wrong: [
        {
          choice: 'it answers the next probe',
          belief: 'to be alive is to be believed alive: the suspicion goes on spreading',
        },
        {
          choice: 'whoever hears it clears it',
          belief: 'others may speak for a member: then old news and new cannot be told apart',
        },
      ],
    },
  ],
});

export default [anyTimeout, gossip, asymmetric, workload];
