import {
  type Exercise,
  exercise,
  fenceRun,
  type FenceStep,
  markText,
  paxosRun,
  type PaxosScene,
  recordOf,
  textIn,
} from 'holdfast';

/** Paxos, step by step: what does the node that hears the message do? */
export function paxosByHand(scene: PaxosScene, title: string, about: string): Exercise {
  return exercise({
    name: `paxos-${scene}`,
    title,
    about,
    topic: 'consensus',
    answers: 'file',
    task: (seed) => {
      const steps = paxosRun(scene, seed).map((step, i) => ({ ...step, id: `s${i + 1}` }));
      const asked = steps.filter(({ does }) => does !== '');
      return {
        text: [
          'Three nodes, each proposer and acceptor; a majority is two, and each answers itself at once. Messages come in any order, and some are lost.',
          'For every step with a message: what does the node that hears it do? One of',
          '  promise      promises, and has accepted nothing      promise a    promises, and tells that it has accepted a',
          '  accepted     accepts the value                       refuse       refuses, as it has promised more',
          '  ask a        asks everybody to accept a              decided a    knows that a is chosen',
          '  nothing      waits',
          '',
          ...steps.map(({ id, happens, does }) => (does === '' ? `     ${happens}` : `${id}: ${happens}`)),
        ].join('\n'),
        blank: Object.fromEntries(asked.map(({ id }) => [id, null])),
        grade: (answers) => {
          const given = recordOf(answers);
          return {
            marks: asked.map(({ id, happens, does, because, beliefs }) =>
              markText(`${id} (${happens})`, textIn(given, id), { expected: does, because, beliefs }),
            ),
          };
        },
      };
    },
  });
}

const EARLY =
  'the election fences the old leader off: nothing does before the storage has been shown the new token';
const LATE =
  'who was elected may write: a later token has been shown, and the storage must refuse the earlier one';

function beliefOf({ carriedOut, isStale }: FenceStep): string {
  if (carriedOut === true)
    return isStale ? EARLY : 'a leader must show a higher token each time: its own is as good as the highest';
  return LATE;
}

/** Leaders, pauses, and a storage that compares tokens, step by step. */
export const fence: Exercise = exercise({
  name: 'split-brain-and-fencing',
  title: 'Two leaders, one storage',
  about: 'Says of each write in a split brain whether the storage carries it out.',
  topic: 'consensus',
  answers: 'file',
  task: (seed) => {
    const steps = fenceRun(seed).map((step, i) => ({ ...step, id: `s${i + 1}` }));
    const writes = steps.filter(({ carriedOut }) => carriedOut !== undefined);
    return {
      text: [
        'Several nodes believe to lead. The storage refuses a token below the highest it has been shown. Of each write: is it "done" or "refused"?',
        '',
        ...steps.map(({ id, happens, carriedOut }) =>
          carriedOut === undefined ? `     ${happens}` : `${id}: ${happens}`,
        ),
      ].join('\n'),
      blank: Object.fromEntries(writes.map(({ id }) => [id, null])),
      grade: (answers) => {
        const given = recordOf(answers);
        return {
          marks: writes.map((step) => {
            const expected = step.carriedOut === true ? 'done' : 'refused';
            const other = expected === 'done' ? 'refused' : 'done';
            const beliefs = [{ answer: other, belief: beliefOf(step) }];
            return markText(`${step.id} (${step.happens})`, textIn(given, step.id), {
              expected,
              because: step.because,
              beliefs,
            });
          }),
        };
      },
    };
  },
});
