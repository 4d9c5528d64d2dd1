import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChaosJournal } from '@holdfast/live';
import type { LiveCheck } from './liveCheck.ts';

const BIN = join(import.meta.dirname, '../../packages/holdfast/bin/holdfast.js');

/** A module of probes and of a control, as somebody has it beside an experiment. */
const MODULE = `
import os
from pathlib import Path

HERE = Path(__file__).parent

def is_there(name, configuration=None, secrets=None):
    print("looking for", name)
    return (HERE / name).exists() and configuration["color"] == "red" and secrets["token"] == "t0"

def remove(name):
    os.remove(HERE / name)

def note(text):
    with open(HERE / "notes", "a") as notes:
        notes.write(text + "\\n")

def before_activity_control(context, **kwargs):
    note("before " + context["name"])

def after_activity_control(context, state=None, **kwargs):
    note("after " + context["name"] + " " + state["status"])
`;

const EXPERIMENT = `
title: a file survives
description: the file is there though its copy is removed
configuration: { color: { type: env, key: COLOR } }
secrets: { mine: { token: { type: env, key: TOKEN } } }
controls:
  - { name: notes, provider: { type: python, module: hfprobes } }
  - { name: told, provider: { type: process, path: sh, arguments: ['-c', 'echo "$CHAOS_CONTROL_SCOPE $CHAOS_CONTROL_LEVEL" >> levels'] } }
runtime: { hypothesis: { strategy: continuously, frequency: 0.3 }, rollbacks: { strategy: deviated } }
steady-state-hypothesis:
  title: it is there
  probes:
    - { type: probe, name: there, tolerance: true, provider: { type: python, module: hfprobes, func: is_there, arguments: { name: '\${kept}' }, secrets: [mine] } }
    - { type: probe, name: listed, tolerance: { type: regex, target: stdout, pattern: kept }, provider: { type: process, path: ls } }
method:
  - { type: action, name: remove, background: true, provider: { type: python, module: hfprobes, func: remove, arguments: { name: '\${removed}' } } }
  - { type: probe, name: wait, pauses: { after: 0.5 }, provider: { type: process, path: 'true' } }
rollbacks: [{ type: action, name: back, provider: { type: process, path: touch, arguments: rolled } }]
`;

/** Chaos Toolkit experiments with what the toolkit itself is made of: modules of Python. */
export function chaosChecks(): LiveCheck[] {
  return [
    {
      name: 'a Chaos Toolkit experiment calls probes, actions and controls of a Python module, and rolls back when it deviates',
      skip: () => (spawnSync('python3', ['-c', '']).status === 0 ? undefined : 'no python3'),
      run: () => {
        const kept = experiment('kept', 'copy');
        assert.deepEqual(
          [kept.code, kept.journal.status, kept.journal.rollbacks.length],
          [0, 'completed', 0],
        );
        assert.ok(kept.journal.steady_states.during.length >= 1);
        assert.deepEqual(kept.notes.slice(0, 2), ['before there', 'after there succeeded']);
        for (const level of ['experiment', 'hypothesis', 'method', 'activity'])
          for (const scope of ['before', 'after'])
            assert.ok(kept.levels.includes(`${scope} ${level}`), level);
        const gone = experiment('copy', 'copy');
        assert.deepEqual([gone.code, gone.journal.deviated, gone.journal.rollbacks.length], [1, true, 1]);
        return Promise.resolve();
      },
    },
  ];
}

function experiment(
  kept: string,
  removed: string,
): { code: number | null; journal: ChaosJournal; notes: string[]; levels: string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'hf-chaos-'));
  try {
    const text = EXPERIMENT.replaceAll('${kept}', kept).replaceAll('${removed}', removed);
    writeFileSync(join(folder, 'hfprobes.py'), MODULE);
    writeFileSync(join(folder, 'kept'), '');
    writeFileSync(join(folder, 'copy'), '');
    writeFileSync(join(folder, 'file.yaml'), text.trimStart());
    const done = spawnSync(process.execPath, [BIN, 'live', 'file.yaml', '--journal', 'journal.json'], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: '', PYTHONPATH: folder, COLOR: 'red', TOKEN: 't0' },
    });
    assert.equal(done.stderr, '');
    const lines = (name: string): string[] => readFileSync(join(folder, name), 'utf8').trim().split('\n');
    return {
      code: done.status,
      journal: JSON.parse(readFileSync(join(folder, 'journal.json'), 'utf8')) as ChaosJournal,
      notes: lines('notes'),
      levels: lines('levels'),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
