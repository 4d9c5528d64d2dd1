import type { Operation } from '@holdfast/check';
import type { FailureScenario } from './scenario.ts';
import { during, scenarioLoad } from './load.ts';

/** When SC6 isolates a region, ms, and how long it may take to notice. */
const ISOLATED = [2_500, 5_000] as const;
const NOTICED_MS = 300;

const within = (us: number, [from, until]: readonly [number, number]): boolean =>
  us >= from * 1_000 && us < until * 1_000;

/** SC6: a region cannot reach the others. */
export const isolatedRegion: FailureScenario = {
  id: 'SC6',
  happens: 'a region is isolated',
  question: 'Do local operations go on there, and only those?',
  hoped: 'yes',
  roles: ['home', 'away'],
  service:
    'local(key) concerns its region alone, global(key) an invariant of all regions; the first client asks the first server, the second the second, which is isolated',
  workload: scenarioLoad({
    name: 'local and global operations',
    clients: 2,
    parts: [0, 1].flatMap((client) =>
      ['local', 'global'].map((f) => ({ f, client, everyMs: 100, key: (i: number) => `${client}-${i}` })),
    ),
  }),
  faults: (host) => [
    {
      kind: 'partition',
      groups: [
        [host('home'), 'C1'],
        [host('away'), 'C2'],
      ],
      unlisted: 'with-all',
      ...during(...ISOLATED),
    },
  ],
  answer: (operations) => {
    const span = [ISOLATED[0] + NOTICED_MS, ISOLATED[1] - NOTICED_MS] as const;
    const asked = (f: string): Operation[] =>
      operations.filter(
        (operation) =>
          operation.f === f && operation.key?.startsWith('1-') && within(operation.invokedAt, span),
      );
    const done = (all: readonly Operation[]): Operation[] =>
      all.filter(({ outcome, completedAt }) => outcome === 'ok' && completedAt < ISOLATED[1] * 1_000);
    const [local, global] = [asked('local'), asked('global')];
    const isRight = done(local).length === local.length && done(global).length === 0;
    const because = `of what was asked in the isolated region ${done(local).length} of ${local.length} local operations were done, and ${done(global).length} of ${global.length} global ones`;
    return { answer: isRight ? 'yes' : 'no', because, examined: local.length + global.length };
  },
};

/** SC9: more comes than can be done. */
export const growingBacklog: FailureScenario = {
  id: 'SC9',
  happens: 'a backlog grows',
  question: 'Does admission or backpressure act?',
  hoped: 'yes',
  roles: ['server'],
  service:
    'job(key): about 100 a second can be done; whoever asks waits at most a second, and is refused otherwise',
  workload: scenarioLoad({
    name: 'more jobs than can be done',
    clients: 4,
    parts: [0, 1, 2, 3].flatMap((client) => [
      { f: 'job', client, everyMs: 80, key: (i: number) => `${client}-${i}` },
      {
        f: 'job',
        client,
        everyMs: 8,
        fromMs: 2_000,
        untilMs: 4_000,
        key: (i: number) => `${client}-more-${i}`,
      },
    ]),
  }),
  faults: () => [],
  answer: (operations) => {
    const done = operations.filter(({ outcome }) => outcome === 'ok');
    const refused = operations.filter(({ outcome }) => outcome === 'fail').length;
    const slowest = Math.max(0, ...done.map(({ invokedAt, completedAt }) => completedAt - invokedAt)) / 1_000;
    const unanswered = operations.length - done.length - refused;
    const acts = refused > 0 && slowest <= 1_000 && unanswered === 0;
    const because = `${done.length} jobs were done, the slowest after ${slowest.toFixed(0)} ms, ${refused} refused, ${unanswered} left without an answer`;
    return { answer: acts ? 'yes' : 'no', because, examined: operations.length };
  },
};

/** SC10: an operator makes the other server primary while the old one lives. */
export const forcedPromotion: FailureScenario = {
  id: 'SC10',
  happens: 'an operator forces a promotion',
  question: 'Is the old primary blocked?',
  hoped: 'yes',
  roles: ['old', 'new'],
  service:
    'write(key); promote() by the operator, the third client, at the second server; the first client stays with the first server, the second with the second',
  workload: scenarioLoad({
    name: 'writes at both, and a promotion',
    clients: 3,
    parts: [
      { f: 'write', client: 0, everyMs: 50, key: (i) => `old-${i}` },
      { f: 'write', client: 1, everyMs: 50, key: (i) => `new-${i}` },
      { f: 'promote', client: 2, everyMs: 1_500, fromMs: 1_500, untilMs: 4_000, key: () => 'primary' },
    ],
  }),
  faults: (host) => [
    {
      kind: 'partition',
      groups: [
        [host('old'), 'C1'],
        [host('new'), 'C2', 'C3'],
      ],
      unlisted: 'with-all',
      ...during(1_500, 5_500),
    },
  ],
  answer: (operations) => {
    const promoted = operations.find(({ f, outcome }) => f === 'promote' && outcome === 'ok')?.completedAt;
    if (promoted === undefined) return { answer: 'yes', because: 'nobody was promoted', examined: 0 };
    const after = (side: string): number =>
      operations.filter(
        ({ f, key, outcome, completedAt }) =>
          f === 'write' &&
          key?.startsWith(side) &&
          outcome === 'ok' &&
          completedAt > promoted &&
          completedAt < 5_500_000,
      ).length;
    const because = `after the promotion at ${(promoted / 1_000).toFixed(0)} ms the old primary accepted ${after('old')} writes, the new one ${after('new')}`;
    return {
      answer: after('old') === 0 && after('new') > 0 ? 'yes' : 'no',
      because,
      examined: operations.length,
    };
  },
};
