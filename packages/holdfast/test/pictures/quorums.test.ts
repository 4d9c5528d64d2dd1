import { expect, test } from 'vitest';
import { quorumDiagram } from '../../src/cli/quorumWords.ts';
import { byzantineDiagram, membershipDiagram, replicationDiagram } from '../../src/pictures/quorums.ts';

const meet = (sets: readonly { readonly members: readonly number[] }[]): boolean =>
  sets[0]?.members.some((node) => sets[1]?.members.includes(node) === true) === true;

test('replica counts up to seven: the pair drawn misses one another exactly when R + W is not above N', () => {
  for (let n = 1; n <= 7; n++) {
    for (let w = 1; w <= n; w++) {
      for (let r = 1; r <= n; r++) {
        const { holds, sets, nodes } = replicationDiagram({ n, w, r });
        expect(holds).toBe(r + w > n);
        expect(meet(sets)).toBe(holds);
        expect(sets.map(({ members }) => members.length)).toEqual([w, r]);
        expect(sets.flatMap(({ members }) => members).every((node) => node >= 0 && node < nodes.length)).toBe(
          true,
        );
      }
    }
  }
});

test('a membership changed at once has two majorities apart, drawn; changed jointly it has none', () => {
  const [before, after] = [
    ['a', 'b', 'c'],
    ['c', 'd', 'e'],
  ];
  const direct = membershipDiagram(before, after, false);
  expect([direct.holds, meet(direct.sets)]).toEqual([false, false]);
  const joint = membershipDiagram(before, after, true);
  expect([joint.holds, meet(joint.sets)]).toEqual([true, true]);
});

test('Byzantine quorums: 3f + 1 nodes hold, with 3f the two drawn share only liars, and too large a quorum is never reached', () => {
  expect(byzantineDiagram({ n: 4, f: 1, q: 3 }).holds).toBe(true);
  const few = byzantineDiagram({ n: 3, f: 1, q: 2 });
  expect([few.holds, few.flawed]).toEqual([false, [1]]);
  expect(few.sets[0]?.members.filter((node) => few.sets[1]?.members.includes(node))).toEqual([1]);
  const stuck = byzantineDiagram({ n: 4, f: 1, q: 4 });
  expect([stuck.holds, stuck.sets[0]?.members]).toEqual([false, [1, 2, 3]]);
});

test('quorums are asked for in words; anything that makes no rule is refused with the words that do', () => {
  expect(quorumDiagram('history.edn')).toBeUndefined();
  expect(quorumDiagram('quorum:n=5,w=3,r=3')?.holds).toBe(true);
  expect(quorumDiagram('quorum:n=4,f=1')?.title).toBe('N = 4, up to 1 Byzantine, quorums of 3');
  expect(quorumDiagram('quorum:old=a+b+c,new=c+d+e')?.holds).toBe(false);
  expect(quorumDiagram('quorum:old=a+b+c,new=c+d+e,joint=yes')?.holds).toBe(true);
  for (const words of ['quorum:', 'quorum:n=5', 'quorum:n=5,w=9,r=1', 'quorum:n=x,f=1', 'quorum:z=1']) {
    expect(() => quorumDiagram(words)).toThrow(/Cannot draw 'quorum:.*say quorum:n=5,w=3,r=3/);
  }
});
