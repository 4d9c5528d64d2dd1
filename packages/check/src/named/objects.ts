import type { History } from '../history/operation.ts';
import { casRegisterModel } from '../models/casRegister.ts';
import { fencedLockModel } from '../models/fencedLock.ts';
import type { Model } from '../models/model.ts';
import { mutexModel } from '../models/mutex.ts';
import { type ModelName, modelNamed, modelNames } from '../models/named.ts';
import { registerModel } from '../models/register.ts';
import { checkLinearizable } from '../linearizable/check.ts';
import { replayOrder } from '../linearizable/replay.ts';
import { checkObject } from '../monitors/checkObject.ts';
import type { CheckerVerdict } from '../plain/checker.ts';
import { checkUniqueIds } from '../plain/uniqueIds.ts';
import type { CheckerSetting, NamedChecker, Settings } from './entry.ts';
import { booleanIn } from './settings.ts';
import { answersAre, hasSome, type HistoryShape, isKnownTo } from './shape.ts';

interface About {
  readonly about: string;
  readonly operations: string;
  readonly settings?: readonly CheckerSetting[];
  /** What the model's own ear for operations does not tell. */
  readonly fits?: (shape: HistoryShape) => boolean;
}

const INITIAL: CheckerSetting = { name: 'initial', kind: 'value', about: 'what it holds at first (null)' };
const QUEUED: readonly string[] = ['enqueue', 'offer', 'add'];

const numbers = (shape: HistoryShape): boolean =>
  answersAre(shape, ['read', 'r'], ({ output }) => typeof output === 'number');
const lists = (shape: HistoryShape): boolean =>
  answersAre(shape, ['read'], ({ output }) => Array.isArray(output));

const ABOUT: Readonly<Record<ModelName, About>> = {
  register: { about: 'a register that is read and written', operations: 'read, write', settings: [INITIAL] },
  'cas-register': {
    about: 'a register with compare-and-set',
    operations: 'read, write, cas [expected, next]',
    settings: [INITIAL],
  },
  kv: {
    about: 'a key-value store, key by key',
    operations: 'get (read), put (write, set), append, cas, delete',
  },
  'multi-register': {
    about: 'several registers read and written together in one step',
    operations: "txn with ['r', name, null] and ['w', name, value], or read and write",
  },
  counter: { about: 'a counter', operations: 'add, increment, decrement, read', fits: numbers },
  set: {
    about: 'a set',
    operations: 'add, remove, contains, read of the whole',
    fits: (shape) => lists(shape) && hasSome(shape, ['add', 'contains']),
  },
  'fifo-queue': {
    about: 'a first-in first-out queue',
    operations: 'enqueue, dequeue, peek',
    fits: (shape) => hasSome(shape, QUEUED),
  },
  stack: { about: 'a stack', operations: 'push, pop, peek', fits: (shape) => hasSome(shape, ['push']) },
  'priority-queue': {
    about: 'a priority queue, smallest first',
    operations: 'insert a number or [number, value], delete-min',
    fits: (shape) => hasSome(shape, ['insert', 'delete-min', ...QUEUED]),
  },
  mutex: {
    about: 'a mutual exclusion lock',
    operations: 'acquire, release',
    settings: [{ name: 'owners', kind: 'boolean', about: 'whether only the holder may release it (false)' }],
  },
  'fenced-lock': {
    about: 'a lock that gives out growing tokens',
    operations: 'acquire with the token as output, release',
    settings: [
      { name: 'leases', kind: 'boolean', about: 'whether a holder may lose it without releasing it (false)' },
    ],
  },
  'unique-ids': { about: 'ids none of which is given out twice', operations: 'generate' },
  'append-log': {
    about: 'a log that is only appended to',
    operations: 'append (send), read of the whole or of an offset (poll)',
    fits: (shape) => hasSome(shape, ['append', 'send']),
  },
};

/** The model of that name, told what the settings say. */
export function modelWith(name: ModelName, settings: Settings = {}): Model {
  const { initial } = settings;
  const known = initial === undefined ? {} : { initial };
  const [owners, leases] = [booleanIn(settings, 'owners'), booleanIn(settings, 'leases')];
  if (name === 'register') return registerModel(known);
  if (name === 'cas-register') return casRegisterModel(known);
  if (name === 'mutex' && owners !== undefined) return mutexModel({ owners });
  if (name === 'fenced-lock' && leases !== undefined) return fencedLockModel({ leases });
  return modelNamed(name) as Model;
}

/** What a model can be told. */
export function settingsOf(name: ModelName): readonly CheckerSetting[] {
  return ABOUT[name].settings ?? [];
}

/** True when the model's operations are those of the history. */
export function modelFits(name: ModelName, shape: HistoryShape): boolean {
  return isKnownTo(shape, modelNamed(name) as Model) && (ABOUT[name].fits?.(shape) ?? true);
}

/** True where there is more than the search and what it does by itself. */
export function isSpecialised(name: ModelName): boolean {
  return SPECIALISED.has(name) || name === 'unique-ids';
}

/** Whether ids differ has been seen to; what is left is real time. */
const ANY_IDS: Model<null> = { name: 'unique-ids', init: () => null, step: () => null };

/** Models for which there is more than the general search and what it does by itself. */
const SPECIALISED: ReadonlySet<ModelName> = new Set([
  'fifo-queue',
  'stack',
  'priority-queue',
  'set',
  'counter',
]);

/** Ids that all differ may have been given out in any order that keeps real time; the order of the invocations is one. */
function withOrder(verdict: CheckerVerdict, { operations }: History): CheckerVerdict {
  if (verdict.status !== 'holds') return verdict;
  const given = operations.filter(({ f, outcome }) => f === 'generate' && outcome === 'ok');
  const { ids } = replayOrder(given, Int32Array.from(given.keys()), ANY_IDS);
  return { ...verdict, evidence: { ...verdict.evidence, order: ids } };
}

/** Objects, judged for linearizability by the fastest means that applies. */
export const objectCheckers: readonly NamedChecker[] = modelNames.map((name): NamedChecker => {
  const { about, operations } = ABOUT[name];
  return {
    name,
    family: 'object',
    about: `linearizable: ${about}`,
    operations,
    settings: settingsOf(name),
    fits: (shape) => !shape.isOfSessions && modelFits(name, shape),
    judge(history, { stepBudget, explain, settings = {} }) {
      const options = {
        ...(stepBudget === undefined ? {} : { stepBudget }),
        ...(explain === undefined ? {} : { explain }),
      };
      // The same verdict in one pass, and with all ids that were given out twice.
      if (name === 'unique-ids') return withOrder(checkUniqueIds(history), history);
      if (Object.keys(settings).length > 0)
        return checkLinearizable(history, modelWith(name, settings), options);
      return SPECIALISED.has(name)
        ? checkObject(history, name, options)
        : checkLinearizable(history, modelWith(name), options);
    },
  };
});
