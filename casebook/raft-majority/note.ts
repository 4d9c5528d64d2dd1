import {
  type CaseRuns,
  designNote,
  type DocumentRecipe,
  type FieldSource,
  type RunResult,
  simulate,
} from 'holdfast';

/** Seeds whose faults and verdicts the note speaks of. */
const SEEDS = 3;

/** Failure modes that the note answers for, and the kinds of fault that stand for them. */
const FAILURES: readonly (readonly [mode: string, kinds: readonly string[]])[] = [
  ['the network is parted', ['partition']],
  ['messages are lost', ['loss']],
  ['messages arrive twice', ['duplicate']],
  ['a node stops answering for a while', ['pause']],
  ['a disk loses what was synced', ['amnesia', 'disk-bit-rot']],
];

/** Fills a design note (S3.3) for the store of this case. */
export const note: DocumentRecipe = {
  form: designNote,
  fill: (runs) => {
    const { first } = runs.seeds;
    const results = Array.from({ length: SEEDS }, (_, i) => runs.run('better', first + i));
    const cite = (text: string): FieldSource['evidence'] => [{ text, experiment: 'better', seed: first }];
    return { ...stated(results, cite), ...shown(runs, results, cite) };
  },
};

type Cite = (text: string) => FieldSource['evidence'];

const held = (results: readonly RunResult[], promise: string): boolean =>
  results.every(({ verdicts }) =>
    verdicts.some((verdict) => verdict.promise === promise && verdict.status === 'holds'),
  );

/** An answer that runs have shown; empty, which is open, when they have not. */
function answerIf(isShown: boolean, answer: string): string {
  return isShown ? answer : '';
}

function stated(results: readonly RunResult[], cite: Cite): Record<string, FieldSource> {
  const changes = Math.max(...results.map(({ metrics }) => metrics.leader_changes_per_minute ?? 0));
  const answered = results.every(({ metrics }) => (metrics.operations_ok ?? 0) > 0);
  const lines = (...list: readonly string[]): FieldSource['facts'] => ({ lines: [...list] });
  return {
    'Key questions': {
      facts: {
        answers: [
          '',
          'All: the core asks for time and choices, and does no input or output.',
          answerIf(held(results, 'no acknowledged write lost'), 'No acknowledged write is lost.'),
          answerIf(
            changes > 0 && answered,
            'Whoever is asked names the leader; attempts are bounded, and an outcome nobody knows is told as unknown.',
          ),
          answerIf(
            held(results, 'linearizability'),
            'The latest write: the leader asks a quorum first (ReadIndex).',
          ),
          '',
        ],
      },
      evidence: cite('overload and reconfiguration are not tried by this experiment'),
    },
    Assumptions: {
      facts: lines(
        'Delays have no bound; timeouts are guesses.',
        'Clients retry, and load grows when the group is weakest.',
        'Some keys are hot.',
        'A partition may be anywhere between two processes.',
      ),
      evidence: cite('latencies, pauses and the partition are drawn per seed'),
    },
    'Non-goals': {
      facts: lines('Lies: a node that says what it should not.', 'Order by wall clocks.'),
      evidence: cite('the failure models of the subject leave them out'),
    },
    'Rollback plan': {
      facts: lines(
        'Trigger: an acknowledged write is missing, or two leaders in one term.',
        'Stop writes at the clients, keep every log as it is, and replay the evidence of the run before anything is changed.',
      ),
      evidence: cite('both triggers are promises that monitors watch'),
    },
    'Open questions': {
      facts: lines('What does overload do to the group?', 'What happens while members are replaced?'),
      evidence: cite('no run of this experiment does either'),
    },
  };
}

function shown(runs: CaseRuns, results: readonly RunResult[], cite: Cite): Record<string, FieldSource> {
  const kinds = new Set(results.flatMap(({ plan }) => plan.faults.map(({ kind }) => kind as string)));
  const struck = FAILURES.filter(([, of]) => of.some((kind) => kinds.has(kind))).map(([mode]) => mode);
  const promises = results[0]?.verdicts.map(({ promise }) => promise) ?? [];
  const { first } = runs.seeds;
  const again = simulate(runs.experiments.better, first);
  return {
    Invariants: {
      facts: {
        verdicts: promises.map((promise) => [promise, held(results, promise) ? 'holds' : 'DOES NOT HOLD']),
      },
      evidence: cite(`judged in seeds ${first} to ${first + SEEDS - 1}`),
    },
    'Failure modes': {
      facts: { struck, notStruck: FAILURES.map(([mode]) => mode).filter((mode) => !struck.includes(mode)) },
      evidence: cite(`faults struck: ${[...kinds].toSorted().join(', ')}`),
    },
    Evidence: {
      facts: {
        seeds: SEEDS,
        held: results.every(({ status }) => status === 'holds'),
        same: again.digest === results[0]?.digest,
      },
      evidence: cite(`digest ${again.digest}`),
    },
  };
}
