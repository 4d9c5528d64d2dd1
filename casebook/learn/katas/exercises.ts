import {
  type ApiTask,
  AnswerError,
  Draws,
  ELECTION_BLANK,
  ELECTION_SEEDS,
  type Exercise,
  exercise,
  gradeApi,
  gradeElection,
  type Mark,
  markCase,
  OUTAGE_CONCEPTS,
  recordOf,
  wordsIn,
} from 'holdfast';
import { OUTAGES } from '../../github-partition/outages.ts';

const election: Exercise = exercise({
  name: 'kata-election',
  title: 'Kata: a toy election',
  about: `Writes an election that is safe in ${ELECTION_SEEDS} seeds of loss, delay and crashes, and elects once all is calm.`,
  topic: 'whole',
  answers: 'code',
  task: () => ({
    text: [
      'Five nodes. Write what each does when its election timer ends, when it hears a message, and, while it leads, every 50 ms; and what a crash leaves of it.',
      `The suite runs ${ELECTION_SEEDS} seeds: messages are lost, doubled and late, nodes crash and come back at once. Never may two nodes lead in one term; and when the`,
      'chaos is over, one node must lead and go on leading.',
    ].join('\n'),
    blank: ELECTION_BLANK,
    grade: (submitted) => gradeElection(submitted),
  }),
});

const API_BLANK = `import type { ApiTask } from 'holdfast';

// yield wherever another request, or the end of the process, may come between. Nothing is kept but what is in the store.
const api: ApiTask = function* (store, request) {
  const before = store.get(request.key);
  if (before !== null) return { status: 200, body: before };
  yield;
  store.charge(request.amount);
  yield;
  store.put(request.key, 'charged');
  return { status: 200, body: 'charged' };
};

export default api;
`;

const API_BELIEFS: Readonly<Record<string, string>> = {
  'a retry has one effect and the same answer':
    'a retry is another request: it is the same one, and wants the same answer',
  'two keys are two requests': 'who has paid once has paid: another key is another request',
  'another payload under the same key is refused':
    'the key alone names the request: under it another payload is a mistake of the client',
  'two copies at once have one effect':
    'to look first and act then is safe: both copies look before either acts',
  'a crash between any two steps does not charge twice':
    'the effect and its record are one step if they stand in one function: a crash comes between',
  'a crash between any two steps does not lose the charge for ever':
    'a record made before the effect is safe: after a crash it says that it was done, and it never is',
};

const api: Exercise = exercise({
  name: 'kata-api',
  title: 'Kata: an idempotent HTTP API',
  about: 'Writes a handler that charges once for each key, through retries, copies and crashes.',
  topic: 'whole',
  answers: 'code',
  task: () => ({
    text: [
      'A client sends a payment with a key of its own, and sends it again when it hears nothing. Write the handler. Two copies may run at once, their steps in any order, and the',
      'process may end between any two steps. `store` offers get, put, putIfAbsent, charge, and chargeAndPut, which is one transaction; each is one step.',
    ].join('\n'),
    blank: API_BLANK,
    grade: (submitted) => {
      if (typeof submitted !== 'function')
        throw new AnswerError('the default export', 'a generator function', typeof submitted);
      const grades = gradeApi(submitted as ApiTask);
      return {
        marks: grades.map(({ name, passed, because }) =>
          markCase(name, () => (passed ? undefined : { because, belief: API_BELIEFS[name] ?? because })),
        ),
      };
    },
  }),
});

const postmortem: Exercise = exercise({
  name: 'kata-postmortem',
  title: 'Kata: a real postmortem',
  about: 'Labels a public outage with the concepts it shows, against a labelled list.',
  topic: 'whole',
  answers: 'file',
  passShare: 0.75,
  task: (seed) => {
    const [outage, trigger, long, concepts] = new Draws(seed, 'postmortem').pick(OUTAGES);
    return {
      text: [
        `${outage}`,
        `  what set it off: ${trigger}`,
        `  what made it long: ${long}`,
        '',
        'Read its published report. Under "concepts", list those that it shows, and no other, from:',
        `  ${OUTAGE_CONCEPTS.join(', ')}`,
      ].join('\n'),
      blank: { concepts: [] },
      grade: (answers) => ({ marks: labelMarks(wordsIn(recordOf(answers), 'concepts'), concepts) }),
    };
  },
});

function labelMarks(given: readonly string[], concepts: readonly string[]): Mark[] {
  const unknown = given.find((concept) => !OUTAGE_CONCEPTS.some((known) => known === concept));
  if (unknown !== undefined) throw new AnswerError("an entry of 'concepts'", 'one of the list', unknown);
  const wanted = concepts.map((concept): Mark => {
    const right = given.includes(concept);
    const answer = given.length === 0 ? '' : 'not listed';
    return {
      item: concept,
      right,
      given: right ? 'listed' : answer,
      expected: 'listed',
      because: 'the report tells of it',
    };
  });
  const extra = given
    .filter((concept) => !concepts.includes(concept))
    .map(
      (concept): Mark => ({
        item: concept,
        right: false,
        given: 'listed',
        expected: 'not listed',
        because: 'the report does not tell of it',
        belief: 'an outage shows every concept: name what this one shows',
      }),
    );
  return [...wanted, ...extra];
}

export default [election, api, postmortem];
