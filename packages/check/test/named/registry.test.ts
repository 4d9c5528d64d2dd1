import {
  checkerNamed,
  checkerNames,
  checkers,
  CheckerSettingError,
  consistencyNames,
  fittingCheckers,
  judge,
  modelNames,
  readLitmus,
  shapeOf,
  suggestCheckers,
  TRANSACTION_MODEL_NAMES,
  UnknownCheckerError,
} from '@holdfast/check';
import { describe, expect, it } from 'vitest';
import { oneAfterTheOther, sampleOf, SAMPLES } from './samples.ts';

describe('checkers by name', () => {
  it('hold every model of objects, every consistency model and every model of transactions', () => {
    const expected = [...modelNames, ...consistencyNames, ...TRANSACTION_MODEL_NAMES];
    expect(expected.filter((name) => !checkerNames.includes(name))).toEqual([]);
    expect(new Set(checkerNames).size).toBe(checkerNames.length);
    for (const { name, about, operations } of checkers) {
      expect(`${name}: ${about} (${operations})`).toMatch(/^[a-z-]+: \S.* \(\S.*\)$/);
    }
  });

  it('are known under the names that other tools use', () => {
    const known = { 'lin-kv': 'cas-register', kafka: 'log', elle: 'transactions', CCv: 'causal-convergence' };
    for (const [alias, name] of Object.entries(known)) expect(checkerNamed(alias)?.name).toBe(name);
    expect(checkerNamed('nothing')).toBeUndefined();
  });

  it("takes 'causal' as a model of transactions where the history holds transactions", () => {
    const lists = oneAfterTheOther(sampleOf('list-append').holds);
    expect(judge(lists, 'causal').promise).toBe('causal transactions');
    expect(judge(readLitmus(['0 w x 1']), 'causal').promise).toBe('causal consistency');
  });

  it('refuses unknown names and settings, and asks for what it needs', () => {
    const history = readLitmus(['0 w x 1']);
    expect(() => judge(history, 'linearisable')).toThrow(UnknownCheckerError);
    expect(() => judge(history, 'register, nothing')).toThrow("Cannot judge by 'nothing'");
    expect(() => judge(history, 'bounded-versions')).toThrow(CheckerSettingError);
    expect(() => judge(history, 'bounded-versions', { settings: { version: 1 } })).toThrow(
      "Cannot judge by 'bounded-versions' with setting 'version': there is none of that name; it has versions, initial",
    );
    expect(() => judge(history, 'bank', { settings: { total: 'much' } })).toThrow(
      `it is "much"; give a number: all money there is (what the first read shows)`,
    );
    expect(() => judge(history, 'bank,availability', { settings: { minimun: 1 } })).toThrow(
      "setting 'minimun'",
    );
  });

  it('asks for a model where operations may be about several objects', () => {
    const queue = oneAfterTheOther([[0, 'enqueue', 1, null]]);
    expect(() => judge(queue, 'sequential')).toThrow(
      'Cannot judge the history for sequential without a model: it may be about fifo-queue or priority-queue; name the model',
    );
    expect(judge(queue, 'sequential', { model: 'fifo-queue' }).status).toBe('holds');
    expect(() => judge(queue, 'causal')).toThrow('no built-in model knows all its operations');
  });

  it('puts several together: it holds when all do', () => {
    const history = oneAfterTheOther(sampleOf('set').violated);
    const verdict = judge(history, 'set-full,availability', { settings: { minimum: 0.5 } });
    expect(verdict.status).toBe('violated');
    expect(verdict.parts?.map(({ promise, status }) => [promise, status])).toEqual([
      ['no element of a set is lost', 'violated'],
      ['availability', 'holds'],
    ]);
  });

  it('refuses to judge real time where only sessions are known, and says which model asks for none', () => {
    const { holds } = sampleOf('list-append');
    const sessions = { ...oneAfterTheOther(holds), order: 'session' as const };
    expect(() => judge(sessions, 'strict-serializable')).toThrow("judge it by 'strong-session-serializable'");
    expect(() => judge(sessions, 'strong-snapshot-isolation')).toThrow(
      "judge it by 'strong-session-snapshot-isolation'",
    );
    expect(judge(sessions, 'transactions').promise).toBe('strong-session-serializable transactions');
  });
});

describe('suggestions', () => {
  it.each(Object.keys(SAMPLES))(
    'a history of %s is answered with it ahead of others, and with nothing that throws',
    (name) => {
      const { holds, violated } = sampleOf(name);
      for (const lines of [holds, violated]) {
        const history = oneAfterTheOther(lines);
        const suggested = suggestCheckers(history).map((suggestion) => suggestion.name);
        const first = { 'multi-register': 'transactions', 'list-append': 'transactions' }[name] ?? name;
        expect(suggested.slice(0, 4)).toContain(first);
        for (const { name: fitting, settings } of fittingCheckers(shapeOf(history))) {
          if (settings.some(({ isNeeded }) => isNeeded === true)) continue;
          const isOfAny = fitting === 'linearizable' || fitting === 'sequential';
          const model = isOfAny ? modelNames.find((each) => suggested.includes(each)) : undefined;
          if (isOfAny && model === undefined) continue;
          expect(judge(history, fitting, model === undefined ? {} : { model }).promise).not.toBe('');
        }
      }
    },
  );

  it('has nothing to say of operations nobody knows, or of none', () => {
    expect(suggestCheckers(oneAfterTheOther([[0, 'dance', null, null]]))).toEqual([]);
    expect(suggestCheckers(oneAfterTheOther([]))).toEqual([]);
  });
});
