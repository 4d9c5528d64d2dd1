import type { Operation } from '@holdfast/check';
import type { FailureScenario, ScenarioAnswer } from './scenario.ts';
import { during, scenarioLoad } from './load.ts';

const KEYS = ['k0', 'k1'];
const TRIES = [2_000, 3_000, 4_000];

/** Adds to two counters, and what they stand at in the end. */
const ADDS = scenarioLoad({
  name: 'adds',
  clients: 2,
  parts: [0, 1].map((client) => ({ f: 'add', client, everyMs: 40, key: (i: number) => KEYS[i % 2] ?? 'k0' })),
  finally: { f: 'total', client: 0, keys: KEYS },
});

interface Counted {
  readonly key: string;
  /** Adds acknowledged, and those whose outcome nobody knows. */
  readonly sure: number;
  readonly open: number;
  /** What the counter stands at in the end; undefined when nobody could read it. */
  readonly total: number | undefined;
}

function counted(operations: readonly Operation[]): Counted[] {
  return KEYS.map((key) => {
    const of = operations.filter((operation) => operation.key === key);
    const adds = of.filter(({ f }) => f === 'add');
    const count = (outcome: string): number => adds.filter((add) => add.outcome === outcome).length;
    const read = of.findLast(({ f, outcome }) => f === 'total' && outcome === 'ok');
    return { key, sure: count('ok'), open: count('unknown'), total: read?.output as number | undefined };
  });
}

const said = ({ key, sure, open, total }: Counted): string =>
  `${key} stands at ${total}, after ${sure} acknowledged adds and ${open} whose outcome nobody knows`;

function unread(): ScenarioAnswer {
  return { answer: 'no', because: 'no counter could be read in the end', examined: 0 };
}

/** SC1: the answer to a client is lost after the service has done what was asked. */
export const timeoutAfterCommit: FailureScenario = {
  id: 'SC1',
  happens: 'a client times out after commit',
  question: 'Duplicate effect?',
  hoped: 'no',
  roles: ['service'],
  service:
    'add(key) adds one, total(key) reads; both clients ask the first server, and try again when they hear nothing',
  workload: ADDS,
  faults: (host) =>
    TRIES.map((at) => ({
      kind: 'one-way',
      from: [host('service')],
      to: ['C1', 'C2'],
      ...during(at, at + 300),
    })),
  answer: (operations) => {
    const all = counted(operations).filter(({ total }) => total !== undefined);
    const doubled = all.find(({ total = 0, sure, open }) => total > sure + open);
    const shown = doubled ?? all[0];
    if (shown === undefined) return unread();
    return {
      answer: doubled === undefined ? 'no' : 'yes',
      because: said(shown),
      examined: operations.length,
    };
  },
};

/** SC2: the leader has the entry, and is gone before it answers. */
export const crashBeforeResponse: FailureScenario = {
  id: 'SC2',
  happens: 'a leader commits, and crashes before its response',
  question: 'Entry kept and found by a retry?',
  hoped: 'yes',
  roles: ['leader', 'follower'],
  service:
    'add(key) adds one, total(key) reads; the first server leads at the start; clients ask the other when they hear nothing',
  workload: ADDS,
  // It hears and works for a moment without being heard, and is then gone.
  faults: (host) => [
    { kind: 'one-way', from: [host('leader')], to: ['C1', 'C2'], ...during(3_000, 3_120) },
    { kind: 'crash', host: host('leader'), ...during(3_120, 6_000) },
  ],
  answer: (operations) => {
    const all = counted(operations).filter(({ total }) => total !== undefined);
    const [first] = all;
    if (first === undefined) return unread();
    const lost = all.find(({ total = 0, sure }) => total < sure);
    const doubled = all.find(({ total = 0, sure, open }) => total > sure + open);
    const across = operations.filter(
      ({ f, outcome, invokedAt, completedAt }) =>
        f === 'add' && outcome === 'ok' && invokedAt < 3_120_000 && completedAt > 3_120_000,
    ).length;
    const words = `${said(lost ?? doubled ?? first)}; ${across} adds asked before the crash were acknowledged after it`;
    const isRight = lost === undefined && doubled === undefined && across > 0;
    return { answer: isRight ? 'yes' : 'no', because: words, examined: operations.length };
  },
};

const MESSAGES = Array.from({ length: 60 }, (_, i) => `m${i}`);

/** Sixty messages, and how often each took effect. */
const PUBLISHED = scenarioLoad({
  name: 'messages',
  clients: 1,
  parts: [{ f: 'publish', client: 0, everyMs: 60, untilMs: 5_000, key: (i) => MESSAGES[i] ?? 'm0' }],
  finally: { f: 'effects', client: 0, keys: MESSAGES },
});

function oneEffectEach(operations: readonly Operation[]): ScenarioAnswer {
  const published = operations.filter(({ f, outcome }) => f === 'publish' && outcome === 'ok');
  const reads = operations.filter(({ f, outcome }) => f === 'effects' && outcome === 'ok');
  const wrong = reads.find(
    ({ key, output }) => output !== 1 && published.some((message) => message.key === key),
  );
  const because =
    wrong === undefined
      ? `${reads.length} messages took effect once each`
      : `${wrong.key} took effect ${JSON.stringify(wrong.output)} times`;
  return { answer: wrong === undefined ? 'yes' : 'no', because, examined: reads.length };
}

const SENDS =
  'publish(key) is acknowledged once the message will be delivered, effects(key) says how often it took effect; the client asks the first server for both';

/** SC4: acknowledgements are lost, so the broker delivers again. */
export const redelivery: FailureScenario = {
  id: 'SC4',
  happens: 'a broker redelivers',
  question: 'One effect?',
  hoped: 'yes',
  roles: ['relay', 'broker', 'consumer'],
  service: SENDS,
  workload: PUBLISHED,
  faults: (host) => [
    { kind: 'one-way', from: [host('consumer')], to: [host('broker')], ...during(2_000, 2_500) },
    { kind: 'one-way', from: [host('consumer')], to: [host('broker')], ...during(3_500, 4_000) },
  ],
  answer: oneEffectEach,
};

/** SC5: the relay of an outbox crashes after it has published and before it knows. */
export const doubleRelay: FailureScenario = {
  id: 'SC5',
  happens: 'a relay publishes twice',
  question: 'Does the subscriber remove the duplicate?',
  hoped: 'yes',
  roles: ['relay', 'broker', 'consumer'],
  service: SENDS,
  workload: PUBLISHED,
  faults: (host) =>
    [1_500, 2_300, 3_100, 3_900].map((at) => ({
      kind: 'crash',
      host: host('relay'),
      ...during(at, at + 200),
    })),
  answer: oneEffectEach,
};
