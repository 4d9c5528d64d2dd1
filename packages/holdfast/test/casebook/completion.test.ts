import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { differences, documentedFields } from '../cli/jsonSchema.ts';
import { holdfast, temporaryFolder } from '../cli/support.ts';
import { CASEBOOK } from './support.ts';

const DOCUMENTS: Readonly<Record<string, string>> = {
  'partition-runbook': 'github-partition',
  'retry-budget': 'retry-storm',
  'three-node-trace': 'wall-clock',
  'consistency-matrix': 'cap-per-operation',
  'read-contract-test-plan': 'stale-read',
};

const ANSWERS: Readonly<Record<string, { answer: string; operation: string; document: string }>> = {
  'who-may-write': { answer: 'the east', operation: 'place order', document: 'partition-runbook' },
  'accepted-or-committed': { answer: 'on commit', operation: 'place order', document: 'partition-runbook' },
  'quorum-and-backup': { answer: 'one of three', operation: 'elect', document: 'partition-runbook' },
  'retry-contract': { answer: 'three attempts', operation: 'pay', document: 'retry-budget' },
  'ordering-model': { answer: 'stamps', operation: 'edit', document: 'three-node-trace' },
  'operation-matrix': { answer: 'by class', operation: 'change avatar', document: 'consistency-matrix' },
  'tested-reads': { answer: 'ReadIndex', operation: 'read lock', document: 'read-contract-test-plan' },
};
const CONNECTIONS = { replication: 'partition-runbook', transactions: 'consistency-matrix' };

/** A project that is complete; `change` takes something away. */
function project(change: (folder: string) => void = () => undefined): string {
  const folder = temporaryFolder();
  for (const [form, name] of Object.entries(DOCUMENTS)) {
    copyFileSync(join(CASEBOOK, name, `${form}.md`), join(folder, `${form}.md`));
  }
  write(folder, ANSWERS, CONNECTIONS);
  change(folder);
  return folder;
}

function write(folder: string, answers: object, connections: object): void {
  writeFileSync(join(folder, 'project.json'), JSON.stringify({ answers, connections }));
}

const without = (form: string) => (folder: string) => rmSync(join(folder, `${form}.md`));

async function failing(
  folder: string,
): Promise<{ readonly rules: string[]; readonly questions: string[]; readonly code: number }> {
  const { code, out } = await holdfast(['casebook', 'status', folder, '--json']);
  const document = JSON.parse(out) as Record<'rules' | 'questions', { name: string; passes: boolean }[]>;
  expect(differences(document, documentedFields('`casebook status`'))).toEqual([]);
  expect([document.rules.length, document.questions.length]).toEqual([7, 7]);
  const names = (list: readonly { name: string; passes: boolean }[]): string[] =>
    list.filter(({ passes }) => !passes).map(({ name }) => name);
  return { rules: names(document.rules), questions: names(document.questions), code };
}

describe('holdfast casebook status', () => {
  it('S0.36 passes seven rules for a complete project, and each of these folders breaks exactly one', async () => {
    expect(await failing(project())).toEqual({ rules: [], questions: [], code: 0 });
    const broken: readonly (readonly [string, (folder: string) => void])[] = [
      ['a timeout, retry and idempotency budget', without('retry-budget')],
      ['a logical-clock or vector-clock trace', without('three-node-trace')],
      [
        'an operation-level consistency matrix',
        (folder) => {
          without('consistency-matrix')(folder);
          write(folder, ANSWERS, { ...CONNECTIONS, transactions: 'retry-budget' });
        },
      ],
      ['a test of what a store really promises', without('read-contract-test-plan')],
      [
        'a partition or quorum diagram',
        (folder) => {
          without('partition-runbook')(folder);
          write(folder, ANSWERS, { ...CONNECTIONS, replication: 'retry-budget' });
        },
      ],
      [
        'a link back to replication and to transactions',
        (folder) => write(folder, ANSWERS, { replication: 'partition-runbook' }),
      ],
    ];
    for (const [rule, change] of broken) {
      const found = await failing(project(change));
      expect(found.rules).toEqual([rule]);
      expect(found.code).toBe(1);
    }
    const few = project((folder) => {
      for (const form of Object.keys(DOCUMENTS).slice(2)) without(form)(folder);
    });
    expect((await failing(few)).rules).toContain('at least 3 documents');
  });

  it('S0.36 does not count a document that lacks a field', async () => {
    const cut = project((folder) => {
      const path = join(folder, 'retry-budget.md');
      writeFileSync(path, readFileSync(path, 'utf8').replace(/^## Backoff[\s\S]*?(?=^## )/m, ''));
    });
    expect((await failing(cut)).rules).toEqual(['a timeout, retry and idempotency budget']);
    const { out } = await holdfast(['casebook', 'status', cut]);
    expect(out).toMatch(
      /^ {2}pass {2}at least 3 documents +4 complete; retry-budget lacks 'Backoff', or its evidence$/m,
    );
    expect(out).toMatch(/^NOT COMPLETE {2}2 of 14 fail$/m);
  });

  it('S0.35 lists the questions that are missing, name no operation, or name a document that is not there', async () => {
    const { 'tested-reads': _left, ...six } = ANSWERS;
    const answers = {
      ...six,
      'ordering-model': { ...ANSWERS['ordering-model'], operation: ' ' },
      'retry-contract': { ...ANSWERS['retry-contract'], document: 'a-memo' },
    };
    const found = await failing(project((folder) => write(folder, answers, CONNECTIONS)));
    expect(found).toEqual({
      rules: [],
      questions: ['retry-contract', 'ordering-model', 'tested-reads'],
      code: 1,
    });
    const broken = project((folder) => writeFileSync(join(folder, 'project.json'), '[]'));
    const refused = await holdfast(['casebook', 'status', broken]);
    expect(refused.code).toBe(2);
    expect(refused.err).toContain('the project file must be an object');
  });
});
