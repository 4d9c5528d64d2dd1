import {
  casRegisterModel,
  checkContract,
  type Contract,
  ContractError,
  contractProblems,
  counterModel,
  kvModel,
  type Model,
  type OperationPromise,
  readLitmus,
  registerModel,
} from '@holdfast/check';
import { describe, expect, it } from 'vitest';
import { both, promising } from './support.ts';

const LIN = promising('linearizable');
const CAUSAL = promising('causal');

const WRONG: readonly (readonly [why: string, contract: Contract, model: Model | null, text: string])[] = [
  [
    'a word that is no model',
    both(promising('linearisable' as 'linearizable')),
    registerModel(),
    "claims 'linearisable', which is no consistency model; claim one of linearizable, sequential,",
  ],
  [
    'no model at all',
    both({ duringPartition: 'reject' } as OperationPromise),
    registerModel(),
    "claims 'undefined'",
  ],
  [
    'a behaviour during partitions there is none of',
    both(promising('causal', { duringPartition: 'ignore' as 'reject' })),
    registerModel(),
    "does 'ignore' during a partition; say duringPartition with one of reject, serve-stale, accept-and-merge",
  ],
  [
    'a class of availability there is none of',
    both(promising('causal', { availability: 'always' as 'total' })),
    registerModel(),
    "is available 'always'; say one of none, after-healing, when-calm, with-authority, total",
  ],
  [
    'a scope there is none of',
    both(promising('causal', { scope: 'object' as 'key' })),
    registerModel(),
    "has the scope 'object'; say 'key' or 'whole'",
  ],
  [
    'half a version',
    both(promising('causal', { freshness: { versions: 0.5 } })),
    registerModel(),
    'may be 0.5 versions',
  ],
  [
    'a negative age',
    both(promising('causal', { freshness: { within: -1 } })),
    registerModel(),
    'may be -1 behind in time',
  ],
  [
    'a bound of nothing',
    both(promising('causal', { freshness: {} })),
    registerModel(),
    'bounds freshness by nothing',
  ],
  [
    'no bound',
    both(promising('bounded-time')),
    registerModel(),
    'without saying how much; give freshness.within',
  ],
  ['no bound of versions', both(promising('bounded-versions')), registerModel(), 'give freshness.versions'],
  ['a deadline of zero', both(promising('causal', { deadline: 0 })), registerModel(), 'has a deadline of 0'],
  ['a claim without a model', both(LIN), null, 'claims to be linearizable, and there is no sequential model'],
  [
    'causality of counters',
    { add: CAUSAL },
    counterModel(),
    'claims causal, which is judged on reads and writes, and counter has none',
  ],
  [
    'causality of compare-and-set',
    { read: LIN, write: LIN, cas: CAUSAL },
    casRegisterModel(),
    'claims causal, which is judged on reads and writes, and it is neither',
  ],
  [
    'causality beside appends',
    { get: CAUSAL, append: promising('unclaimed') },
    kvModel(),
    "claims causal, which is judged on reads and writes, and what 'append' makes of a value is neither; leave 'append' out",
  ],
  [
    'one order on both sides of a partition',
    both(promising('linearizable', { duringPartition: 'accept-and-merge' })),
    registerModel(),
    'claims to be linearizable and accepts on both sides of a partition, which nobody can keep',
  ],
  [
    'freshness on both sides of a partition',
    both(promising('causal', { duringPartition: 'accept-and-merge', freshness: { versions: 3 } })),
    registerModel(),
    'claims to be fresh and accepts on both sides of a partition',
  ],
  [
    'an answer for everybody, and none during a partition',
    both(promising('causal', { availability: 'total' })),
    registerModel(),
    'promises every node an answer and rejects during a partition',
  ],
  [
    'an answer for everybody that is never old',
    {
      read: promising('causal', {
        availability: 'total',
        duringPartition: 'serve-stale',
        freshness: { within: 5 },
      }),
    },
    registerModel(),
    'promises every node an answer that is never older than a bound',
  ],
  [
    'a stale write',
    { write: promising('causal', { duringPartition: 'serve-stale' }) },
    registerModel(),
    'serves stale values during a partition, and it is a write',
  ],
];

describe('a contract that cannot be judged, or kept', () => {
  it.each(WRONG)('is refused for %s, with how to mend it', (_why, contract, model, text) => {
    const operations = Object.keys(contract);
    const found = contractProblems(contract, operations, model);
    expect(found.map(({ problem, mend }) => `${problem}; ${mend}`).join('\n')).toContain(text);
    expect(operations).toContain(found[0]?.operation);
  });

  it('is thrown where a history is judged by it, naming the operation', () => {
    const judge = (): unknown =>
      checkContract(readLitmus(['0 w x 1']), both(promising('bounded-time')), { model: registerModel() });
    expect(judge).toThrow(ContractError);
    expect(judge).toThrow(
      "Cannot judge operation 'write' by its contract: it bounds staleness in time without",
    );
  });

  it('says nothing of operations the history does not have, and nothing of a sound contract', () => {
    const contract = { read: LIN, write: LIN, append: CAUSAL };
    expect(contractProblems(contract, ['read', 'write'], kvModel())).toEqual([]);
    const sound = {
      read: promising('linearizable', { duringPartition: 'serve-stale', availability: 'total' }),
      write: promising('linearizable', { availability: 'with-authority', deadline: 1 }),
      cas: LIN,
    };
    expect(contractProblems(sound, Object.keys(sound), casRegisterModel())).toEqual([]);
  });
});
