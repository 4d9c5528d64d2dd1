import { describe, expect, it } from 'vitest';
import type { Recorded } from '../src/history/recorder.ts';
import { judgeRevisions } from '../src/experiment/revisions.ts';
import { Watches } from '../src/experiment/watches.ts';
import type { Cluster, Member, WatchEvent } from '../src/subjects/cluster.ts';

const N1: Member = { name: 'N1', index: 0, servers: [], address: '', dataFolder: '' };

function delivering(events: readonly WatchEvent[]): Watches {
  const cluster = {
    system: 'etcd',
    watch: (_member: Member, _request: unknown, onEvent: (event: WatchEvent) => void) => {
      for (const event of events) onEvent(event);
      return () => undefined;
    },
  } as unknown as Cluster;
  const watches = new Watches();
  watches.open(cluster, N1, 'seen', { prefix: 'x', fromRevision: 5 });
  return watches;
}

const put = (revision: number): WatchEvent => ({ key: 'x', revision, value: 1, kind: 'put' });
const note = (revision: number): WatchEvent => ({ key: '', revision, value: null, kind: 'progress' });

/** An acknowledged operation that took one unit of time. */
function acked(
  f: string,
  at: number,
  revision: number,
  more: { key?: string; mode?: string } = {},
): Recorded {
  const { key = 'x', mode } = more;
  const answer = { outcome: 'ok', output: null, detail: { revision } } as const;
  return {
    id: at,
    action: { f, key, input: null, mode },
    client: 'c',
    member: 'N1',
    answer,
    invokedAt: at,
    completedAt: at + 1,
  };
}

describe('watches', () => {
  it('are complete when every acknowledged change between their beginning and their last event came', () => {
    const recorded = [
      acked('write', 0, 4),
      acked('delete', 10, 5),
      acked('write', 20, 6),
      acked('write', 30, 9),
    ];
    const whole: WatchEvent[] = [{ key: 'x', revision: 5, value: null, kind: 'delete' }, put(6)];
    expect(delivering(whole).judgeComplete('seen', recorded)).toMatchObject({ status: 'holds' });
    expect(delivering([put(6)]).judgeComplete('seen', recorded)).toMatchObject({
      status: 'violated',
      reason: 'it delivered revision 6 and left out delete x (revision 5)',
    });
    // What other keys did is none of its business, and what is not there yet is not left out.
    expect(delivering([put(6)]).judgeComplete('seen', [acked('write', 0, 5, { key: 'y' })]).status).toBe(
      'undecided',
    );
  });

  it('say truly how far they have come when nothing of before comes after', () => {
    expect(delivering([put(5), put(6), note(6), put(7)]).judgeProgress('seen').status).toBe('holds');
    expect(delivering([note(6), put(6)]).judgeProgress('seen')).toMatchObject({
      status: 'violated',
      reason: 'it said that all to revision 6 had come; then came revision 6 (x)',
    });
    expect(delivering([put(5)]).judgeProgress('seen').status).toBe('undecided');
  });

  it('are not confused by notes of progress when their order is judged', () => {
    expect(delivering([put(7), note(6), put(8)]).judge('seen').status).toBe('holds');
    expect(delivering([put(7), put(6)]).judge('seen').status).toBe('violated');
  });
});

describe('revisions of the store', () => {
  it('rise when nothing that began after an end was answered in an earlier one', () => {
    expect(judgeRevisions([acked('write', 0, 4), acked('read', 10, 4), acked('write', 20, 5)]).status).toBe(
      'holds',
    );
    expect(judgeRevisions([acked('write', 0, 9), acked('read', 10, 2)])).toMatchObject({
      status: 'violated',
      reason: 'write x on N1 was answered in revision 9, read x on N1 later in revision 2',
    });
  });

  it('may be seen in any order by operations at once, and by members that answer alone', () => {
    const atOnce = [{ ...acked('write', 0, 9), completedAt: 50 }, acked('read', 10, 2)];
    expect(judgeRevisions(atOnce).status).toBe('holds');
    expect(
      judgeRevisions([acked('write', 0, 9), acked('read', 10, 2, { mode: 'serializable' })]).status,
    ).toBe('undecided');
  });
});
