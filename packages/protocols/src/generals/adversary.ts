/** Answers what a traitor does next: one of 0..among-1. */
export type Adversary = (among: number) => number;

/**
 * Runs something once for every way an adversary can behave: all answers to its first question, to its second, and so on, whatever the
 * questions turn out to be. `run` must be a function of the answers alone.
 */
export function* everyBehaviour<T>(run: (adversary: Adversary) => T): Generator<T> {
  const answers: { answer: number; readonly among: number }[] = [];
  for (;;) {
    let asked = 0;
    yield run((among) => {
      const at = asked++;
      const known = answers[at];
      if (known !== undefined) return known.answer;
      answers.push({ answer: 0, among });
      return 0;
    });
    // The next in order: the last answer that can be raised, and nothing after it.
    for (;;) {
      const last = answers.at(-1);
      if (last === undefined) return;
      if (++last.answer < last.among) break;
      answers.pop();
    }
  }
}
