import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clean, Ledger, readLedger } from '@holdfast/live';
import { expect, test } from 'vitest';
import { endRun } from '../src/ledger/clean.ts';

function inState(body: (state: string) => void): void {
  const state = mkdtempSync(join(tmpdir(), 'holdfast-ledger-'));
  try {
    body(state);
  } finally {
    rmSync(state, { recursive: true, force: true });
  }
}

/** A process number that certainly belongs to nobody now. */
function deadPid(): number {
  return spawnSync('true').pid;
}

/** A ledger as a runner that is gone has left it. */
function leave(state: string, name: string, lines: readonly object[]): string {
  const folder = new Ledger(name, state).folder;
  const head = { run: name, ownerPid: deadPid(), ownerStart: '1' };
  writeFileSync(
    join(folder, 'ledger.jsonl'),
    [head, ...lines].map((line) => `${JSON.stringify(line)}\n`).join(''),
  );
  return folder;
}

test('the ledger holds what was not settled, last first, and survives a line cut short', () => {
  inState((state) => {
    const ledger = new Ledger('one', state);
    const first = ledger.before({ kind: 'namespace', name: 'a' });
    ledger.before({ kind: 'namespace', name: 'b' });
    ledger.settled(first);
    expect(ledger.pending().map(({ undo }) => undo.kind)).toEqual(['namespace', 'processes', 'folder']);
    ledger.close();
    writeFileSync(join(ledger.folder, 'ledger.jsonl'), '{"id":9,"undo":{"ki', { flag: 'a' });
    expect(readLedger(ledger.folder)?.pending.map(({ id }) => id)).toEqual([1, 2, 4]);
  });
});

test('clean undoes the run of a dead runner and leaves the run of a living one alone', () => {
  inState((state) => {
    const alive = new Ledger('alive', state);
    const dead = leave(state, 'dead', [{ id: 1, undo: { kind: 'folder', path: join(state, 'dead') } }]);
    const [run, ...others] = clean(state);
    expect(run?.runId).toBe('dead');
    expect(run?.failed).toEqual([]);
    expect(others).toEqual([]);
    expect(existsSync(dead)).toBe(false);
    expect(existsSync(alive.folder)).toBe(true);
    alive.close();
  });
});

test('the folder of a run that ended before its ledger had begun is removed, and one that holds anything else stays', () => {
  inState((state) => {
    const [empty, begun, other] = ['empty', 'begun', 'other'].map((name) => join(state, name)) as [
      string,
      string,
      string,
    ];
    for (const folder of [empty, begun, other]) mkdirSync(folder);
    writeFileSync(join(begun, 'ledger.jsonl'), '{"run":"beg');
    writeFileSync(join(other, 'notes'), 'mine');
    for (const folder of [empty, begun, other, join(state, 'never')]) endRun(folder);
    expect(readdirSync(state)).toEqual(['other']);
    const ledger = new Ledger('late', state);
    ledger.close();
    endRun(ledger.folder);
    expect(readdirSync(state)).toEqual(['other']);
  });
});

test('clean refuses to remove what is not of the run and keeps the ledger', () => {
  inState((state) => {
    const precious = join(state, 'precious');
    writeFileSync(precious, 'mine');
    const folder = leave(state, 'bad', [
      { id: 1, undo: { kind: 'folder', path: join(state, 'bad') } },
      { id: 2, undo: { kind: 'folder', path: precious } },
    ]);
    const [run] = clean(state);
    expect(run?.failed[0]).toContain('is not inside');
    expect(existsSync(precious)).toBe(true);
    expect(existsSync(folder)).toBe(true);
  });
});
