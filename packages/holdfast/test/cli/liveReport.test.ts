import { HistoryBuilder } from '@holdfast/check';
import { type LiveResult, traceOf } from '@holdfast/live';
import { renderReport } from '@holdfast/report';
import { describe, expect, it } from 'vitest';
import { liveReport } from '../../src/node/liveReport.ts';

function result(changes: Partial<LiveResult> = {}): LiveResult {
  const builder = new HistoryBuilder('us');
  const id = builder.invoke(0, 'read', null, 10, { key: 'x', node: 0 });
  builder.complete(id, 'ok', 7, 20);
  const recording = { history: builder.finish(30), modes: [undefined], clients: ['w0'], givenUpAt: {} };
  const reason = 'process 0 read 7 from x, which nobody wrote';
  return {
    name: 'a stale read',
    system: 'etcd',
    version: '3.4.23',
    status: 'violated',
    expect: 'holds',
    verdicts: [
      { promise: 'linearizability', status: 'violated', reason, evidence: { examined: 1, steps: 1 } },
    ],
    metrics: [{ name: 'errorRate', value: 0.2, kept: false, limit: 'at most 0.1' }],
    recording,
    trace: traceOf({
      members: ['N1'],
      recording,
      struck: [],
      messages: [],
      meshStartUs: 0,
      journal: [],
      endedUs: 30,
    }),
    logs: [{ process: 'etcd N1', text: 'elected <leader>' }],
    retries: ['Cannot go on: no leader'],
    journal: [{ atMs: 3, text: 'N1 leads' }],
    undoFailures: [],
    readyMs: 900,
    totalMs: 2_000,
    ...changes,
  };
}

describe('the report of a live run', () => {
  it('says what was expected and found, with versions, journal, retries and logs, and that no page can make it again', () => {
    const command = 'holdfast live stale.yaml';
    const html = renderReport({
      title: 'stale',
      generatedFor: 'stale.yaml',
      runs: [liveReport(result(), command)],
    });
    for (const said of [
      'a stale read on etcd 3.4.23',
      'which nobody wrote',
      'Expected: holds. Found: violated.',
      'errorRate is 0.2, and should be at most 0.1.',
      'Cluster 1 was given up: Cannot go on: no leader',
      '3 ms: N1 leads',
      'elected &lt;leader&gt;',
      'Run such an experiment again',
      command,
      'it was recorded on a real cluster',
    ])
      expect(html).toContain(said);
  });

  it('is named by what was recorded', () => {
    const digest = liveReport(result(), 'c').digest;
    expect(digest).toMatch(/^[0-9a-f]{16}$/);
    expect(liveReport(result(), 'c').digest).toBe(digest);
    const { recording } = result();
    const [operation] = recording.history.operations;
    const other = { ...recording.history, operations: [{ ...operation!, output: 8 }] };
    expect(liveReport(result({ recording: { ...recording, history: other } }), 'c').digest).not.toBe(digest);
  });
});
