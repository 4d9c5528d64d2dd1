import { idempotencySteps, readRetryFields } from '@holdfast/protocols';
import { idempotentApiMemo } from '@holdfast/report';
import type { Trace } from '@holdfast/trace';
import type { RunResult } from '../../simulate/simulate.ts';
import type { ServiceMessage } from '../../subjects/service/messages.ts';
import type { CaseRuns, DocumentRecipe, FieldSource } from '../case.ts';
import { CaseError } from '../errors.ts';
import { traceOf } from './raftRun.ts';

/** Something that happened to a request with a key. */
interface KeyStep {
  readonly key: string;
  readonly text: string;
}

/** What a run shows of keys. */
interface Keys {
  readonly steps: readonly KeyStep[];
  readonly claimFirst: boolean;
  /** Keys with more than one answer of success, and whether each had the same every time. */
  readonly repeated: number;
  readonly answeredAlike: boolean;
  readonly replayed: string | undefined;
}

/**
 * Fills an idempotent API memo (S4.37): the flow of the first request whose answer was lost after its effect, the life of a key as the table itself
 * gives it, and the same runs with keys and without.
 */
export function idempotentApi(
  names: { readonly withKeys: string; readonly withoutKeys: string },
  fields: Readonly<Record<string, string>>,
  file: string,
): DocumentRecipe {
  const contract = readRetryFields(fields, file);
  const kept = (fields['Idempotency key'] ?? '').replace(/^.*kept /, '');
  return {
    form: idempotentApiMemo,
    fill: (runs) => {
      const { seed, result, keys } = firstReplay(runs, names.withKeys);
      const cite = (text: string): FieldSource['evidence'] => [{ text, experiment: names.withKeys, seed }];
      const steps = keys.steps.filter(({ key }) => key === keys.replayed).map(({ text }) => text);
      const rows = idempotencySteps().map(({ state, event, answer, next }) => [state, event, answer, next]);
      const without = runs.run(names.withoutKeys, seed);
      const doubled = (run: RunResult): number => run.metrics['doubledEffects'] ?? Number.NaN;
      const effects = result.metrics['effects'] ?? 0;
      return {
        'Request flow': {
          facts: { steps, claimFirst: keys.claimFirst },
          evidence: cite(`${effects} effects; the flow is that of key ${keys.replayed ?? ''}`),
        },
        'Key lifecycle': {
          facts: { rows, kept },
          evidence: [
            {
              text: `${rows.length} pairs of a state and an event, each tried on the table`,
              command: 'npx vitest run packages/protocols/test/delivery/delivery.test.ts -t S1.112',
            },
          ],
        },
        'Retry semantics': {
          facts: {
            maxAttempts: contract.maxAttempts,
            oneEffect: doubled(result) === 0,
            answeredAlike: keys.answeredAlike,
          },
          evidence: cite(`${keys.repeated} keys were answered with success more than once`),
        },
        'End-to-end argument': {
          facts: { doubledWith: doubled(result) > 0, doubledWithout: doubled(without) > 0 },
          evidence: [
            ...cite(`${doubled(result)} calls charged twice`),
            { text: `${doubled(without)} calls charged twice`, experiment: names.withoutKeys, seed },
          ],
        },
      };
    },
  };
}

function firstReplay(runs: CaseRuns, experiment: string): { seed: number; result: RunResult; keys: Keys } {
  const { first, count } = runs.seeds;
  let last: { seed: number; result: RunResult; keys: Keys } | undefined;
  for (let seed = first; seed < first + count; seed++) {
    const result = runs.run(experiment, seed);
    last = { seed, result, keys: keysIn(traceOf(result)) };
    if (last.keys.replayed !== undefined) return last;
  }
  if (last !== undefined) return last;
  throw new CaseError('documents', `find no seed of '${experiment}'`, 'give at least one');
}

/** Follows every key through the messages and notes of a trace. */
function keysIn(trace: Trace): Keys {
  const steps: KeyStep[] = [];
  const keyOf = new Map<string, string>();
  const answers = new Map<string, Set<string>>();
  const counts = new Map<string, number>();
  const taken = new Set<string>();
  const lost = new Map<number, string>();
  let claimFirst = true;
  let replayed: string | undefined;
  const nameOf = (node: number): string => trace.nodes[node]?.name ?? '';
  for (const { kind, node, peer, label, data, message: number } of trace.events) {
    const [name, other] = [nameOf(node), nameOf(peer)];
    if (kind === 'note') {
      const [verb = '', key = ''] = label.split(' ');
      if (verb === 'run') taken.add(key);
      if (verb === 'effect' && !taken.has(key)) claimFirst = false;
      if (verb === 'replay') replayed ??= key;
      const text = NOTES[verb];
      if (text !== undefined) steps.push({ key, text: `${name} ${text}` });
    } else if (kind === 'drop') {
      const what = lost.get(number);
      if (what !== undefined) steps.push({ key: what, text: `this message is lost on its way` });
    } else if (kind === 'send') {
      const message = data as unknown as ServiceMessage;
      const isAnswer = message.kind === 'answer';
      const id = isAnswer ? `${other}/${message.attempt}` : `${name}/${message.attempt}`;
      if (message.kind === 'request') keyOf.set(id, message.key);
      const key = keyOf.get(id) ?? '';
      lost.set(number, key);
      if (isAnswer && message.answer === 'ok' && taken.has(key) && message.output !== 'done') {
        answers.set(key, (answers.get(key) ?? new Set()).add(message.output));
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
      steps.push({
        key,
        text: `${name} ${WORDS[message.kind]} ${other}${isAnswer ? `: ${message.answer}` : ''}`,
      });
    }
  }
  const repeated = [...counts].filter(([, count]) => count > 1).length;
  const answeredAlike = [...answers.values()].every((all) => all.size === 1);
  return { steps, claimFirst, repeated, answeredAlike, replayed };
}

const WORDS: Readonly<Record<ServiceMessage['kind'], string>> = {
  request: 'asks',
  answer: 'answers',
  cancel: 'gives up on',
};

/** What servers say of keys; the key itself is left out. */
const NOTES: Readonly<Record<string, string>> = {
  run: 'takes the key, to run it',
  wait: 'finds the key in progress',
  replay: 'finds the answer of the key, and runs nothing',
  effect: 'charges, and records the answer of the key in the same step',
};
