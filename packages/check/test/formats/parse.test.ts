import { describe, expect, it } from 'vitest';
import { parseHistory, parseHistoryChunks } from '@holdfast/check';

const LOG = [
  'INFO  jepsen.util - 0\t:invoke\t:read\tnil',
  'INFO  jepsen.util - 1\t:invoke\t:cas\t[3 0]',
  'INFO  jepsen.util - :nemesis\t:info\t:start\t"Cut off n1"',
  'INFO  jepsen.util - 0\t:fail\t:read\t:timed-out',
  'INFO  jepsen.util - 1\t:info\t:cas\t:timed-out',
  '',
].join('\n');

describe('parseHistory', () => {
  it('reads a Jepsen log: outcomes, errors, line numbers as times, nemesis as annotation', () => {
    const { history, format, annotations, warnings } = parseHistory(LOG);
    expect(format).toBe('jepsen-log');
    expect(history.timeUnit).toBe('index');
    expect(history.operations).toEqual([
      {
        id: 0,
        process: 0,
        f: 'read',
        input: null,
        outcome: 'fail',
        output: 'timed-out',
        invokedAt: 1,
        completedAt: 4,
      },
      {
        id: 1,
        process: 1,
        f: 'cas',
        input: [3, 0],
        outcome: 'unknown',
        output: 'timed-out',
        invokedAt: 2,
        completedAt: Number.POSITIVE_INFINITY,
      },
    ]);
    expect(annotations).toEqual([
      { at: 3, process: 'nemesis', f: 'start', type: 'info', value: 'Cut off n1', line: 3 },
    ]);
    expect(warnings).toEqual([]);
  });

  it('gives the same history whatever the cuts between chunks', () => {
    const whole = parseHistory(LOG);
    for (let size = 1; size < 40; size++) {
      const chunks: string[] = [];
      for (let i = 0; i < LOG.length; i += size) chunks.push(LOG.slice(i, i + size));
      expect(parseHistoryChunks(chunks)).toEqual(whole);
    }
  });
});
