import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commitSystem, type CoreModel, exploreLiveness, ofNodes, type Spec } from '../../src/index.ts';

interface Edge {
  readonly from: number;
  readonly to: number;
  readonly action: number;
}

interface Graph {
  readonly states: number;
  readonly edges: readonly Edge[];
  /** Actions 0 to `fair` - 1 are weakly fair. */
  readonly fair: number;
  readonly needs: readonly number[];
  readonly gets: readonly number[];
}

const ACTIONS = 3;

/** A graph as a specification: state 0 first, an action takes any edge of its number. */
function specOf({ edges, fair, needs, gets }: Graph): Spec<{ at: number }> {
  return {
    name: 'graph',
    init: [{ at: 0 }],
    actions: Array.from({ length: ACTIONS }, (_, action) => ({
      name: `action ${action}`,
      run(state, pick): boolean {
        const targets = edges.filter((edge) => edge.from === state.at && edge.action === action);
        if (targets.length === 0) return false;
        state.at = pick(targets).to;
        return true;
      },
    })),
    fair: Array.from({ length: fair }, (_, action) => `action ${action}`),
    leadsTo: {
      wanted: { from: ({ at }) => needs.includes(at), to: ({ at }) => gets.includes(at) },
    },
  };
}

/** All states that edges lead to from some, within those allowed. */
function reachable(
  edges: readonly Edge[],
  starts: readonly number[],
  allowed: (state: number) => boolean,
): Set<number> {
  const found = new Set(starts.filter(allowed));
  for (const state of found)
    for (const { from, to } of edges) if (from === state && allowed(to)) found.add(to);
  return found;
}

/** The plainest judge: looks at every set of states as a place where a run may stay for ever. */
function violated({ states, edges: all, fair, needs, gets }: Graph): boolean {
  const edges = all.filter(({ from, to }) => from !== to);
  const outside = (state: number): boolean => !gets.includes(state);
  const starts = [...reachable(edges, [0], () => true)].filter((state) => needs.includes(state));
  const there = reachable(edges, starts, outside);
  for (let set = 1; set < 2 ** states; set++) {
    const inside = (state: number): boolean => (set & (1 << state)) !== 0;
    const members = Array.from({ length: states }, (_, i) => i).filter(inside);
    if (!members.every((state) => there.has(state))) continue;
    const connected = members.every((a) => reachable(edges, [a], inside).size === members.length);
    const neglects = (action: number): boolean =>
      members.every((state) => edges.some((edge) => edge.from === state && edge.action === action)) &&
      !edges.some((edge) => edge.action === action && inside(edge.from) && inside(edge.to));
    if (connected && !Array.from({ length: fair }, (_, i) => i).some(neglects)) return true;
  }
  return false;
}

const graph: fc.Arbitrary<Graph> = fc.integer({ min: 1, max: 6 }).chain((states) => {
  const state = fc.nat(states - 1);
  return fc.record({
    states: fc.constant(states),
    edges: fc.uniqueArray(fc.record({ from: state, to: state, action: fc.nat(ACTIONS - 1) }), {
      maxLength: 12,
      selector: ({ from, to, action }) => `${from} ${to} ${action}`,
    }),
    fair: fc.nat(ACTIONS),
    needs: fc.subarray(Array.from({ length: states }, (_, i) => i)),
    gets: fc.subarray(Array.from({ length: states }, (_, i) => i)),
  });
});

function edgesOf(text: string): Edge[] {
  return text.split(' ').map((word) => {
    const [from = 0, to = 0, action = 0] = [...word].map(Number);
    return { from, to, action };
  });
}

function judged(edges: string, fair: number, needs: readonly number[], gets: readonly number[]) {
  const [result] = exploreLiveness(specOf({ states: 6, edges: edgesOf(edges), fair, needs, gets }));
  if (result === undefined) throw new Error('nothing was judged');
  return result;
}

describe('what must lead to what', () => {
  it('S3.23 random graphs are judged as by looking at every set of states, and a violation is a run that shows it', () => {
    const count = { holds: 0, violated: 0 };
    fc.assert(
      fc.property(graph, (random) => {
        const [result] = exploreLiveness(specOf(random));
        const expected = violated(random) ? 'violated' : 'holds';
        expect(result?.status).toBe(expected);
        count[expected]++;
        if (result?.trace === undefined) return;
        const visited = [result.trace.initial, ...result.trace.steps.map(({ after }) => after)] as {
          at: number;
        }[];
        const loop = visited.slice(result.trace.loopsFrom);
        expect(loop[0]).toEqual(loop.at(-1));
        const needed = visited.findLastIndex(({ at }) => random.gets.includes(at));
        expect(visited.slice(needed + 1).some(({ at }) => random.needs.includes(at))).toBe(true);
      }),
      { seed: 5, numRuns: 1_500 },
    );
    expect(Math.min(count.holds, count.violated)).toBeGreaterThan(300);
  });

  it('S3.23 a join does not hide the run that comes to it without what is wanted', () => {
    // 0 -> 1 -> 3 and 0 -> 2 -> 3: only by way of 1 it is got.
    const { status, trace } = judged('010 020 130 230', 3, [0], [1]);
    expect(status).toBe('violated');
    expect(trace?.steps.at(-1)?.after).toEqual({ at: 3 });
    expect(judged('010 020 130 230', 3, [0], [3]).status).toBe('holds');
  });

  it('S3.23 a cycle without what is wanted is a run without end', () => {
    const { status, trace, reason } = judged('010 120 210', 3, [0], [3]);
    expect(status).toBe('violated');
    expect(trace?.loopsFrom).toBe(1);
    expect(reason).toBe('after 1 steps the last 2 may repeat for ever without it');
  });

  it('S3.23 a way out of a cycle that is always there must be taken, one that comes and goes need not', () => {
    expect(judged('010 100 021 121', 2, [0], [2]).status).toBe('holds');
    expect(judged('010 100 021 121', 1, [0], [2]).status).toBe('violated');
    expect(judged('010 100 021', 2, [0], [2]).status).toBe('violated');
  });

  it('S3.23 a run may stop where nothing fair is enabled, and only there', () => {
    expect(judged('010', 1, [0], [1]).status).toBe('holds');
    const { status, reason } = judged('012', 1, [0], [1]);
    expect(status).toBe('violated');
    expect(reason).toMatch(/nothing fair is left to happen/);
  });

  it('S3.23 more states than allowed leave it undecided', () => {
    const spec = specOf({ states: 3, edges: edgesOf('010 120'), fair: 3, needs: [0], gets: [2] });
    expect(exploreLiveness(spec, {}, { maxStates: 1 })[0]?.status).toBe('undecided');
  });
});

describe('who waits for ever in atomic commit', () => {
  /** Once a participant that is up has said yes, all participants that are up decide. */
  function commit(protocol: 'two-phase' | 'three-phase', fair: CoreModel<unknown, unknown, unknown>['fair']) {
    const model = commitSystem({ name: protocol, protocol, participants: 2 });
    const phases = (holds: (phases: readonly string[]) => boolean) =>
      ofNodes<{ phase: string } | null, string>({
        name: '',
        view: ({ state, node }) => (node === 1 ? '' : (state?.phase ?? 'down')),
        holds,
      });
    const [result] = exploreLiveness(
      {
        ...model,
        fair: fair ?? [],
        leadsTo: [
          {
            name: 'nobody waits for ever',
            from: phases((all) => all.includes('prepared')),
            to: phases((all) => !all.includes('prepared')),
          },
        ],
      },
      { timers: { timeout: 1 }, crashes: 1, storage: 'at-once' },
    );
    return result;
  }

  it('S3.23 two-phase commit blocks when its coordinator does not come back', () => {
    const blocked = commit('two-phase', ['deliver', 'stored', 'timer']);
    expect(blocked?.status).toBe('violated');
    expect(blocked?.trace?.steps.some(({ text }) => text === 'N1 crashes')).toBe(true);
  });
});
