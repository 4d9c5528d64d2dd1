import { describe, expect, it } from 'vitest';
import { simulate } from '../../src/simulate/simulate.ts';
import {
  dependencyMap,
  dependencyOutage,
  deviationsFromMap,
  OUTAGE,
  SHARED_DEPENDENCIES,
  type SharedDependency,
  sharedService,
  shareWell,
} from '../../src/subjects/dependencies/index.ts';

const map = dependencyMap(sharedService(true));

function deviations(down: SharedDependency, hasBulkheads: boolean): readonly string[] {
  const { history } = simulate(dependencyOutage(down, hasBulkheads), 1);
  return deviationsFromMap(map, down, shareWell(history.operations, OUTAGE));
}

describe('shared dependencies', () => {
  it('S1.9 the map says what each operation needs, as its tiers declare it', () => {
    expect(map).toEqual({
      view: ['storage'],
      find: ['dns'],
      login: ['storage', 'auth'],
      order: ['storage', 'auth', 'queue'],
      status: [],
    });
  });

  for (const down of SHARED_DEPENDENCIES)
    it(`S1.9 ${down} down takes down the operations that declare it and no other; without bulkheads unrelated ones fail, too`, () => {
      expect(deviations(down, true)).toEqual([]);
      const spread = deviations(down, false);
      expect(spread.some((line) => line.startsWith(`status does not need ${down}`))).toBe(true);
    });

  it('S1.9 an operation that stands although its need is down is said, too', () => {
    const shares = new Map(Object.keys(map).map((operation) => [operation, 1]));
    expect(deviationsFromMap(map, 'dns', shares)).toEqual([
      'find needs dns, and 100 % of its calls went well',
    ]);
    expect(deviationsFromMap({ view: ['storage'] }, 'dns', new Map())).toEqual([
      'view: nobody called it while dns was down',
    ]);
  });
});
