import { describe, expect, it } from 'vitest';
import type { Plain } from '@holdfast/plain';
import type { History, Operation } from '../../src/history/operation.ts';
import { checkLog, logChecker } from '../../src/plain/log.ts';
import { Random } from '../linearizable/random.ts';
import { expectAgreement, expectMinimal, historyOf, type Row, type Step } from './support.ts';

type Message = readonly [offset: number, value: number];

function logStep(random: Random): Step {
  const message = (): Message => [random.below(5), 1 + random.below(4)];
  if (random.chance(45)) {
    const [offset, value] = message();
    return { f: 'send', key: 'k', input: value, output: random.chance(85) ? offset : null };
  }
  if (random.chance(6)) return { f: 'assign', input: ['k'], output: null };
  const list = Array.from({ length: random.below(4) }, message);
  if (random.chance(80)) list.sort((a, b) => a[0] - b[0]);
  return { f: 'poll', input: null, output: { k: list } };
}

/** What each kind means, straight from its definition, for histories of the shape above. */
function byDefinition({ operations }: History): Record<string, number> {
  const done = operations.filter(({ outcome }) => outcome === 'ok');
  const sends = operations.filter(({ f }) => f === 'send');
  const tried = sends.filter(({ outcome }) => outcome !== 'fail');
  const acknowledged = done.filter(({ f, output }) => f === 'send' && output !== null);
  const polls = done.filter(({ f }) => f === 'poll');
  const listOf = (poll: Operation): readonly Message[] => (poll.output as { k: readonly Message[] }).k;
  const polled = polls.flatMap(listOf);
  const told = done.flatMap((o): readonly Message[] => {
    if (o.f === 'poll') return listOf(o);
    return o.f === 'send' && o.output !== null ? [[o.output as number, o.input as number]] : [];
  });
  const offsets = [...new Set(told.map(([offset]) => offset))];
  const highest = Math.max(-1, ...polled.map(([offset]) => offset));
  const counts: Record<string, number> = {
    'inconsistent-offsets': told.filter(([offset, value], i) => {
      const first = told.findIndex(([other]) => other === offset);
      return first < i && told[first]?.[1] !== value;
    }).length,
    'lost-write': 0,
    unobserved: 0,
    duplicate: 0,
    'aborted-read': 0,
    'unexpected-read': 0,
    'int-poll-skip': 0,
    'int-poll-nonmonotonic': 0,
    'ext-poll-skip': 0,
    'ext-poll-nonmonotonic': 0,
    'ext-send-nonmonotonic': 0,
  };
  const add = (kind: string): void => void (counts[kind] = (counts[kind] ?? 0) + 1);
  for (const send of acknowledged) {
    if (polled.some(([, value]) => value === send.input)) continue;
    add(highest > (send.output as number) ? 'lost-write' : 'unobserved');
  }
  for (const value of [1, 2, 3, 4]) {
    const at = new Set(told.filter((message) => message[1] === value).map(([offset]) => offset));
    if (at.size > Math.max(1, tried.filter(({ input }) => input === value).length)) add('duplicate');
  }
  for (const poll of polls) {
    for (const [, value] of listOf(poll)) {
      const attempts = tried.filter(({ input }) => input === value);
      if (attempts.some((send) => send.invokedAt <= poll.completedAt)) continue;
      const hasFailed = sends.some((send) => send.outcome === 'fail' && send.input === value);
      add(attempts.length === 0 && hasFailed ? 'aborted-read' : 'unexpected-read');
    }
  }
  const judgeMove = (from: number, to: number, side: string): void => {
    if (to <= from) add(`${side}-poll-nonmonotonic`);
    else if (offsets.some((offset) => from < offset && offset < to)) add(`${side}-poll-skip`);
  };
  for (const process of new Set(operations.map((o) => o.process))) {
    let at: number | undefined;
    let sentAt: number | undefined;
    for (const o of operations.filter((each) => each.process === process)) {
      if (o.f === 'assign') at = undefined;
      if (o.outcome !== 'ok') continue;
      if (o.f === 'send' && o.output !== null) {
        if (sentAt !== undefined && (o.output as number) <= sentAt) add('ext-send-nonmonotonic');
        sentAt = o.output as number;
      }
      if (o.f !== 'poll') continue;
      for (const [i, [offset]] of listOf(o).entries()) {
        if (at !== undefined) judgeMove(at, offset, i === 0 ? 'ext' : 'int');
        at = offset;
      }
    }
  }
  return counts;
}

/** A log as it should be: offsets in order, some without a message, each consumer going on where it stopped. */
function healthyRun(seed: number): History {
  const random = new Random(seed);
  const rows: Row[] = [];
  const log: Message[] = [];
  const next = [0, 0];
  for (let at = 0; at < 400; at += 10) {
    const p = random.below(2);
    if (random.chance(50)) {
      const offset = (log.at(-1)?.[0] ?? -1) + 1 + random.below(2);
      log.push([offset, at]);
      rows.push([10 + p, 'send', at, random.chance(80) ? offset : null, at, at + 5, { key: 'k' }]);
      continue;
    }
    const from = next[p] ?? 0;
    const count = random.below(4);
    const seen = log.slice(from, from + count).map(([offset, value]) => [offset, value]);
    next[p] = Math.min(log.length, from + count);
    rows.push([p, 'poll', null, { k: seen }, at, at + 5]);
  }
  return historyOf(...rows);
}

/** One operation made to tell something wrong. */
function withFault({ operations, ...rest }: History, random: Random): History {
  const i = random.below(operations.length);
  const gone = operations[i]?.f === 'send' && random.chance(30) ? operations[i]?.input : undefined;
  if (gone !== undefined) {
    const without = operations.map((operation): Operation => {
      if (operation.f !== 'poll') return operation;
      const { k } = operation.output as { k: readonly Message[] };
      return { ...operation, output: { k: k.filter(([, value]) => value !== gone) } };
    });
    return { operations: without, ...rest };
  }
  const faulty = operations.map((operation, at): Operation => {
    if (at !== i) return operation;
    if (operation.f === 'send') {
      const { output } = operation;
      if (random.chance(50)) return { ...operation, outcome: 'fail', output: null };
      return { ...operation, output: typeof output === 'number' ? Math.max(0, output - 3) : output };
    }
    const list = [...(operation.output as { k: readonly Message[] }).k];
    const older = operations
      .slice(0, i)
      .flatMap((o) => (o.process === operation.process ? (o.output as { k: readonly Message[] }).k : []));
    const place = random.below(list.length + 1);
    const message = list[place];
    if (random.chance(20)) list.unshift(...older.slice(-1));
    else if (random.chance(40)) list.splice(place, 1);
    else if (random.chance(50)) list.splice(place, 0, ...list.slice(place - 2, place - 1));
    else if (message !== undefined) list[place] = [message[0], random.chance(50) ? 9999 : message[1] - 10];
    return { ...operation, output: { k: list } };
  });
  return { operations: faulty, ...rest };
}

describe('log', () => {
  it('agrees with its definition on 10,000 random histories', () => {
    const kinds = Object.keys(byDefinition(historyOf()));
    const seen = expectAgreement(logChecker, logStep, 10_000, byDefinition, kinds);
    for (const kind of kinds) expect(seen.get(kind) ?? 0).toBeGreaterThan(50);
  });

  it('finds nothing wrong with logs as they should be', () => {
    const verdicts = Array.from({ length: 500 }, (_, seed) => checkLog(healthyRun(seed)));
    expect(verdicts.filter(({ status }) => status !== 'holds')).toEqual([]);
  });

  it('finds each single fault put into such a log, in findings that show themselves', () => {
    const seen = new Map<string, number>();
    for (let seed = 0; seed < 1_500; seed++) {
      const history = withFault(healthyRun(seed), new Random(seed));
      const { findings } = checkLog(history);
      for (const finding of findings) {
        // Two of these may come from one poll.
        if (!/duplicate|inconsistent/.test(finding.kind)) expectMinimal(logChecker, history, finding);
        seen.set(finding.kind, (seen.get(finding.kind) ?? 0) + 1);
      }
    }
    const rare = Object.keys(byDefinition(historyOf())).filter((kind) => (seen.get(kind) ?? 0) < 10);
    expect(rare).toEqual([]);
  });

  it('names the message lost and the poll that went beyond it', () => {
    const { reason, evidence } = checkLog(
      historyOf(
        [0, 'send', 'a', 0, 0, 5, { key: 'k' }],
        [0, 'send', 'b', 1, 6, 9, { key: 'k' }],
        [0, 'send', 'c', 2, 10, 12, { key: 'k' }],
        [
          1,
          'poll',
          null,
          {
            k: [
              [0, 'a'],
              [2, 'c'],
            ],
          },
          14,
          16,
        ],
      ),
    );
    expect(reason).toBe(
      'process 0 sent "b" to k at offset 1 (6 to 9 us), and nobody ever polled it, although process 1 polled beyond it, at ' +
        'offset 2 (14 to 16 us) (in all: 1 lost-write, 1 int-poll-skip)',
    );
    expect(evidence.minimal?.map(({ id }) => id)).toEqual([1, 3]);
  });

  it('reads the transactions of Jepsen and Maelstrom, and finds sends of one transaction out of order', () => {
    const send: Plain = [
      ['send', 0, 'a'],
      ['send', 0, 'b'],
    ];
    const history = historyOf(
      [
        0,
        'txn',
        send,
        [
          ['send', 0, [5, 'a']],
          ['send', 0, [4, 'b']],
        ],
        0,
        5,
      ],
      [
        1,
        'poll',
        [['poll']],
        [
          [
            'poll',
            {
              0: [
                [4, 'b'],
                [5, 'a'],
              ],
            },
          ],
        ],
        6,
        9,
      ],
      [2, 'crash', null, null, 9, 10],
    );
    const { counts, reason } = checkLog(history);
    expect(counts).toMatchObject({ sent: 2, polled: 2, 'int-send-nonmonotonic': 1, 'unexpected-read': 0 });
    expect(reason).toBe('process 0 sent "b" to 0 at offset 4 (0 to 5 us), after a message at offset 5');
  });

  it('lets a consumer go on anywhere once it was assigned anew', () => {
    const polls = [
      [
        1,
        'poll',
        null,
        {
          k: [
            [0, 'a'],
            [1, 'b'],
          ],
        },
        14,
        16,
      ],
      [1, 'assign', ['k'], null, 17, 18],
      [
        1,
        'poll',
        null,
        {
          k: [
            [0, 'a'],
            [1, 'b'],
          ],
        },
        19,
        20,
      ],
    ] as const;
    const sends = (['a', 'b'] as const).map((v, i): Row => [0, 'send', v, i, i * 3, i * 3 + 1, { key: 'k' }]);
    expect(checkLog(historyOf(...sends, ...polls)).status).toBe('holds');
    expect(checkLog(historyOf(...sends, polls[0], polls[2])).counts['ext-poll-nonmonotonic']).toBe(1);
    expect(checkLog(historyOf(polls[1])).reason).toMatch(/^nothing was examined/);
  });
});
