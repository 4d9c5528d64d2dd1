import type { History, Operation, Verdict } from '@holdfast/check';
import type { Trace } from '@holdfast/trace';
import { TraceBuilder, clients, servers } from './builder.ts';

/** A small run by hand: a partition, a crash, a lost, a duplicate, a late and a corrupted message, a stale read. */
export function smallTrace(): Trace {
  const t = new TraceBuilder([...servers(3), ...clients(1)]);
  const [n1, n2, n3, c1] = [0, 1, 2, 3];
  const view = (role: string, term: number, commit: number, last: number) => ({ role, term, commit, last });
  for (const node of [n1, n2, n3]) {
    const boot = t.add(0, node, 'boot', { label: `N${node + 1}` });
    t.add(0, node, 'state', { data: view('follower', 0, 0, 0), cause: boot });
  }
  const timer = t.add(1_000, n1, 'timer', { label: 'election' });
  t.add(1_000, n1, 'state', { data: view('candidate', 1, 0, 0), cause: timer });
  const store = t.add(1_000, n1, 'store', { label: 'vote', cause: timer });
  t.add(1_300, n1, 'stored', { label: 'vote', cause: store });
  const ask2 = t.send(1_300, n1, n2, 'RequestVote', { term: 1 }, store);
  const ask3 = t.send(1_300, n1, n3, 'RequestVote', { term: 1 }, store);
  const heard = t.deliver(2_100, ask2);
  const vote = t.send(2_100, n2, n1, 'Vote', { term: 1, granted: true }, heard);
  t.deliver(2_400, ask3, { term: 255 });
  const won = t.deliver(2_900, vote);
  t.add(2_900, n1, 'state', { data: view('leader', 1, 0, 0), cause: won });
  t.add(2_900, n1, 'note', { label: 'elected', data: { term: 1 }, cause: won });
  const invoke = t.add(3_500, c1, 'invoke', { operation: 0, label: 'write', data: 1 });
  const request = t.send(3_500, c1, n1, 'Request', { write: 1 }, invoke);
  const asked = t.deliver(4_200, request);
  t.add(4_200, n1, 'state', { data: view('leader', 1, 0, 1), cause: asked });
  const append2 = t.send(4_200, n1, n2, 'AppendEntries', { term: 1, entries: [1] }, asked);
  const append3 = t.send(4_200, n1, n3, 'AppendEntries', { term: 1, entries: [1] }, asked);
  const got = t.deliver(5_000, append2);
  const reply = t.send(5_000, n2, n1, 'AppendReply', { index: 1 }, got);
  t.deliver(5_400, append2);
  const acknowledged = t.deliver(5_800, reply);
  t.add(5_800, n1, 'state', { data: view('leader', 1, 1, 1), cause: acknowledged });
  const answer = t.send(5_800, n1, c1, 'Reply', { ok: true }, acknowledged);
  const answered = t.deliver(6_500, answer);
  t.add(6_500, c1, 'ok', { operation: 0, label: 'write', cause: answered });
  return finishSmall(t, append3);
}

function finishSmall(t: TraceBuilder, append3: ReturnType<TraceBuilder['send']>): Trace {
  const [n1, n2, n3, c1] = [0, 1, 2, 3];
  const text = 'partition {N1} | {N2, N3}';
  const fault = t.add(7_000, -1, 'fault', { label: text });
  const beat = t.add(7_500, n1, 'timer', { label: 'heartbeat' });
  const lost = t.send(7_500, n1, n2, 'AppendEntries', { term: 1, entries: [] }, beat);
  t.drop(7_500, lost, 'AppendEntries: partition');
  t.add(8_000, n2, 'crash', { label: 'crash' });
  t.deliver(12_000, append3);
  const read = t.add(209_000, c1, 'invoke', { operation: 1, label: 'read' });
  const request = t.send(209_000, c1, n3, 'Request', { read: 'x' }, read);
  const asked = t.deliver(209_700, request);
  const answer = t.send(209_700, n3, c1, 'Reply', { value: null }, asked);
  const answered = t.deliver(210_500, answer);
  const ok = t.add(210_500, c1, 'ok', { operation: 1, label: 'read', cause: answered });
  t.add(210_500, -1, 'violation', { label: 'linearizability', cause: ok });
  t.add(211_000, n2, 'restart', { label: 'N2' });
  t.add(211_000, n2, 'state', { data: { role: 'follower', term: 1, commit: 0, last: 1 } });
  t.add(211_500, -1, 'heal', { label: text, cause: fault });
  t.add(211_600, n3, 'pause', { label: 'pause' });
  t.add(211_900, n3, 'resume', { label: 'N3' });
  t.add(212_000, c1, 'invoke', { operation: 2, label: 'write', data: 2 });
  t.send(212_000, c1, n1, 'Request', { write: 2 });
  t.faults.push({ kind: 'partition', from: 7_000, until: 211_500, nodes: [n1, n2, n3], text });
  t.faults.push({ kind: 'crash', from: 8_000, until: 211_000, nodes: [n2], text: 'crash N2' });
  return t.build(212_500);
}

export function smallHistory(): History {
  const base = { process: 0, key: 'x', node: 0 };
  const operations: Operation[] = [
    {
      ...base,
      id: 0,
      f: 'write',
      input: 1,
      outcome: 'ok',
      output: null,
      invokedAt: 3_500,
      completedAt: 6_500,
    },
    {
      ...base,
      id: 1,
      f: 'read',
      input: null,
      outcome: 'ok',
      output: 'null',
      invokedAt: 209_000,
      completedAt: 210_500,
    },
    {
      ...base,
      id: 2,
      f: 'write',
      input: 2,
      outcome: 'unknown',
      output: 'timeout',
      invokedAt: 212_000,
      completedAt: Number.POSITIVE_INFINITY,
    },
  ];
  return { operations, timeUnit: 'us' };
}

export function smallVerdict(): Verdict {
  const { operations } = smallHistory();
  const blocking = operations[1];
  if (blocking === undefined) throw new RangeError('the small history has a second operation');
  return {
    promise: 'linearizability',
    status: 'violated',
    reason: 'The read of x by C1 returned nothing although write 1 had finished before it began.',
    evidence: { examined: 3, steps: 7, blocking, minimal: operations.slice(0, 2), atUs: 210_500 },
  };
}
