import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readGiven } from '../../node/files.ts';
import { type Judge, judgeHistory, judgeNamed } from '../../node/judgeHistory.ts';

/** One recorded history with what was expected and what was found. */
export interface RecordedVerdict {
  readonly file: string;
  readonly operations: number;
  readonly expected: 'holds' | 'violated';
  readonly found: 'holds' | 'violated' | 'undecided';
  readonly steps: number;
  readonly reason: string;
}

/** Recorded histories, judged. */
export interface RecordedVerdicts {
  readonly rows: readonly RecordedVerdict[];
  readonly totalMs: number;
}

// They come with the sources, not with the published package.
const FOLDER = new URL('../fixtures/jepsen-etcd/', import.meta.resolve('@holdfast/check'));

/** Judges the recorded histories of a real etcd cluster; undefined where they are not installed. */
export function judgeRecorded(): RecordedVerdicts | undefined {
  const readme = new URL('README.md', FOLDER);
  if (!existsSync(readme)) return undefined;
  const table = [...readFileSync(readme, 'utf8').matchAll(/^\| (\S+\.log) \| (yes|no) \|$/gm)];
  const judge = judgeNamed('cas-register');
  const start = performance.now();
  const rows = table.map(([, file = '', linearizable]) =>
    judgeOne(file, linearizable === 'yes' ? 'holds' : 'violated', judge),
  );
  return { rows, totalMs: performance.now() - start };
}

function judgeOne(file: string, expected: 'holds' | 'violated', judge: Judge): RecordedVerdict {
  const content = readGiven(fileURLToPath(new URL(file, FOLDER)), 'a history');
  const { parsed, verdict } = judgeHistory([{ name: file, content }], judge, { format: 'auto' });
  return {
    file,
    operations: parsed.history.operations.length,
    expected,
    found: verdict.status,
    steps: verdict.evidence.steps,
    reason: verdict.reason,
  };
}
