import type { Operation } from '@holdfast/check';
import type { FailureScenario } from './scenario.ts';
import { scenarioLoad } from './load.ts';

/** How long what is put lives, and a lease lasts, ms; and how far off either may be. */
const LIFE_MS = 500;
const OFF_MS = 150;

/** SC7: the wall clock of the server is set back by four seconds. */
export const clockBackward: FailureScenario = {
  id: 'SC7',
  happens: 'a clock moves backward',
  question: 'Are expiry, lease and order still right?',
  hoped: 'yes',
  roles: ['server'],
  service: `put(key) keeps a thing for ${LIFE_MS} ms, get(key) tells whether it is there; take() grants a lease of ${LIFE_MS} ms or refuses it; stamp() gives a number above all before it`,
  workload: scenarioLoad({
    name: 'things that end, leases, and stamps',
    clients: 2,
    parts: [
      { f: 'put', client: 0, everyMs: 400, key: (i) => `thing-${i}` },
      // One that should be there, and one that should not.
      { f: 'get', client: 1, everyMs: 80, key: (i) => `thing-${Math.floor(i / 5) - 2 * (i % 2)}` },
      { f: 'take', client: 0, everyMs: 90, key: () => 'lease' },
      { f: 'stamp', client: 1, everyMs: 60, key: () => 'stamp' },
    ],
  }),
  faults: (host) => [
    { kind: 'clock-step', host: host('server'), amount: -4_000_000, atUs: 3_000_000, forUs: 0 },
  ],
  answer: (operations) => {
    const done = operations.filter(({ outcome }) => outcome === 'ok');
    const wrong = [expiryWrong(done), leaseWrong(done), orderWrong(done)].filter(
      (each) => each !== undefined,
    );
    const because =
      wrong.length === 0 ? `${done.length} operations found all three as promised` : wrong.join('; ');
    return { answer: wrong.length === 0 ? 'yes' : 'no', because, examined: done.length };
  },
};

function expiryWrong(done: readonly Operation[]): string | undefined {
  const puts = new Map(done.filter(({ f }) => f === 'put').map((put) => [put.key, put]));
  for (const { key, output, invokedAt, completedAt } of done.filter(({ f }) => f === 'get')) {
    const put = puts.get(key);
    if (put === undefined || invokedAt < put.completedAt) continue;
    const ages = [invokedAt - put.completedAt, completedAt - put.invokedAt].map((us) => us / 1_000);
    const [youngest = 0, oldest = 0] = ages;
    if (output === true && youngest > LIFE_MS + OFF_MS)
      return `${key} was still there after ${youngest.toFixed(0)} ms`;
    if (output === false && oldest < LIFE_MS - OFF_MS) return `${key} was gone after ${oldest.toFixed(0)} ms`;
  }
  return undefined;
}

function leaseWrong(done: readonly Operation[]): string | undefined {
  let granted: Operation | undefined;
  for (const take of done.filter(({ f }) => f === 'take')) {
    const since =
      granted === undefined ? Number.POSITIVE_INFINITY : (take.invokedAt - granted.completedAt) / 1_000;
    if (take.output === false && since > LIFE_MS + OFF_MS)
      return `a lease was refused ${since.toFixed(0)} ms after the last`;
    if (take.output === true && since < LIFE_MS - OFF_MS)
      return `a lease was granted ${since.toFixed(0)} ms after the last`;
    if (take.output === true) granted = take;
  }
  return undefined;
}

function orderWrong(done: readonly Operation[]): string | undefined {
  let last = Number.NEGATIVE_INFINITY;
  for (const { output } of done.filter(({ f }) => f === 'stamp')) {
    if (Number(output) <= last) return `stamp ${Number(output)} came after ${last}`;
    last = Number(output);
  }
  return undefined;
}
