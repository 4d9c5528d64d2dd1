import type { History } from '../history/operation.ts';
import { checkConsistency, type ConsistencyOptions } from '../litmus/consistency.ts';
import { type ConsistencyName, consistencyNames } from '../litmus/spectrum.ts';
import { type ModelName, modelNames } from '../models/named.ts';
import type { CheckerSetting, JudgeOptions, NamedChecker, NamedVerdict } from './entry.ts';
import { modelFits, modelWith } from './objects.ts';
import { numberIn } from './settings.ts';
import { type HistoryShape, shapeOf } from './shape.ts';

/** Thrown when no model is named and the history does not tell which one is meant. */
export class ModelNeededError extends Error {
  readonly code = 'MODEL_NEEDED';
  readonly fitting: readonly ModelName[];
  constructor(name: ConsistencyName, fitting: readonly ModelName[]) {
    const problem =
      fitting.length === 0
        ? 'no built-in model knows all its operations'
        : `it may be about ${fitting.join(' or ')}`;
    super(`Cannot judge the history for ${name} without a model: ${problem}; name the model`);
    this.name = 'ModelNeededError';
    this.fitting = fitting;
  }
}

/** Each of these knows more operations than the one before, and means the same by those it shares with it. */
const REGISTERS: readonly ModelName[] = ['register', 'cas-register', 'kv'];

const ABOUT: Readonly<Record<ConsistencyName, string>> = {
  linearizable: 'one order of all operations, in real time',
  sequential: "one order of all operations, true to each session's",
  'causal-convergence': 'causal, and one order of the writes for everybody (CCv)',
  'causal-memory': 'causal, and for each session one order that explains all it read (CM)',
  causal: 'nothing is read that something before it in causal order had replaced (CC); of transactions, too',
  pram: "each session sees every session's writes in their order",
  'writes-follow-reads': 'who sees a write sees what its writer had read before it',
  'monotonic-writes': 'who sees a write sees what its session had written before it',
  'monotonic-reads': 'no session reads an older version than one it had read',
  'read-your-writes': 'no session reads an older version than one it had written',
  regular: 'a read overlapped by no write returns the last one, any other the last or an overlapping one',
  safe: 'a read overlapped by no write returns the last one, any other anything',
  'bounded-versions': 'reads are at most so many versions behind',
  'bounded-time': 'reads are never longer behind than a bound',
  eventual: 'reads return what was written and, from a quiet time on, agree',
};

const NUMBER = 'number' as const;
const SETTINGS: Readonly<Partial<Record<ConsistencyName, CheckerSetting>>> = {
  'bounded-versions': {
    name: 'versions',
    kind: NUMBER,
    about: 'how many versions a read may be behind',
    isNeeded: true,
  },
  'bounded-time': {
    name: 'within',
    kind: NUMBER,
    about: "how far behind a read may be, in the history's unit",
    isNeeded: true,
  },
  eventual: { name: 'quietFrom', kind: NUMBER, about: 'from when on reads of a key must agree' },
};

/** Models that judge by real time. */
const IN_REAL_TIME: ReadonlySet<ConsistencyName> = new Set([
  'linearizable',
  'regular',
  'safe',
  'bounded-versions',
  'bounded-time',
]);

/** Models that take any sequential specification; the others take reads and writes. */
const OF_ANY_OBJECT: ReadonlySet<ConsistencyName> = new Set(['linearizable', 'sequential']);

/** Judges a history for a consistency model; without a model named, by the one that fits. */
export function judgeConsistency(
  history: History,
  name: ConsistencyName,
  options: JudgeOptions,
): NamedVerdict {
  const { model: named, stepBudget, explain, settings = {} } = options;
  const model = named ?? theModel(name, shapeOf(history));
  const told: ConsistencyOptions = {
    ...(stepBudget === undefined ? {} : { stepBudget }),
    ...(explain === undefined ? {} : { explain }),
    ...bound('versions', numberIn(settings, 'versions')),
    ...bound('within', numberIn(settings, 'within')),
    ...bound('quietFrom', numberIn(settings, 'quietFrom')),
  };
  const verdict = checkConsistency(history, name, modelWith(model, settings), told);
  return named === undefined ? { ...verdict, assumed: [`taken as ${model}, whose operations fit`] } : verdict;
}

function bound<K extends string>(name: K, value: number | undefined): { [P in K]?: number } {
  return value === undefined ? {} : ({ [name]: value } as { [P in K]: number });
}

function theModel(name: ConsistencyName, shape: HistoryShape): ModelName {
  const register = REGISTERS.find((each) => modelFits(each, shape));
  if (register !== undefined) return register;
  const fitting = OF_ANY_OBJECT.has(name) ? modelNames.filter((each) => modelFits(each, shape)) : [];
  const [only] = fitting;
  if (fitting.length === 1 && only !== undefined) return only;
  throw new ModelNeededError(name, fitting);
}

/** Consistency models over operations on objects, the strongest first. */
export const consistencyCheckers: readonly NamedChecker[] = consistencyNames.map((name): NamedChecker => {
  const setting = SETTINGS[name];
  return {
    name,
    family: 'consistency',
    about: ABOUT[name],
    operations: OF_ANY_OBJECT.has(name) ? 'those of any model' : 'reads and writes',
    settings: [
      ...(setting === undefined ? [] : [setting]),
      { name: 'initial', kind: 'value', about: 'what registers hold at first (null)' },
    ],
    fits: (shape) =>
      !(shape.isOfSessions && IN_REAL_TIME.has(name)) &&
      (OF_ANY_OBJECT.has(name)
        ? modelNames.some((each) => modelFits(each, shape))
        : modelFits('register', shape) || isReadsAndPuts(shape)),
    judge: (history, options) => judgeConsistency(history, name, options),
  };
});

function isReadsAndPuts(shape: HistoryShape): boolean {
  return modelFits('kv', shape) && !['append', 'cas', 'delete', 'del'].some((f) => shape.names.has(f));
}
