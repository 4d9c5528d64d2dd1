import { type Case, manifest } from './case.ts';

/** Package boundaries. */
export const BOUNDARIES: readonly Case[] = [
  {
    rule: 'boundary',
    name: 'a package imports only packages before it',
    passes: { 'packages/trace/src/a.ts': "import { x } from '@holdfast/plain';\n" },
    fails: { 'packages/trace/src/a.ts': "\nimport { x } from '@holdfast/world';\n" },
    line: 2,
    says: 'trace may not import @holdfast/world',
  },
  {
    rule: 'boundary',
    name: 'a type import counts like any other',
    passes: { 'packages/explore/src/a.ts': "type W = import('@holdfast/world').World;\n" },
    fails: { 'packages/check/src/a.ts': "type W = import('@holdfast/world').World;\n" },
    line: 1,
    says: 'check may not import @holdfast/world',
  },
  {
    rule: 'boundary',
    name: 'nobody but the outside imports holdfast',
    passes: { 'casebook/split/experiment.ts': "import { experiment } from 'holdfast';\n" },
    fails: { 'packages/explore/src/a.ts': "export { experiment } from 'holdfast';\n" },
    line: 1,
    says: 'explore may not import holdfast',
  },
  {
    rule: 'boundary',
    name: 'sources stay inside their package',
    passes: { 'packages/world/src/a/b.ts': "import { x } from '../c.ts';\n" },
    fails: { 'packages/world/src/a/b.ts': "import { x } from '../../../trace/src/c.ts';\n" },
    line: 1,
    says: 'leaves packages/world/src/',
  },
  {
    rule: 'boundary',
    name: 'tests reach other packages by name',
    passes: { 'packages/world/test/b.test.ts': "import { x } from '../src/c.ts';\n" },
    fails: { 'packages/world/test/b.test.ts': "import { x } from '../../trace/src/c.ts';\n" },
    line: 1,
    says: 'leaves packages/world/',
  },
  {
    rule: 'boundary',
    name: 'a library is declared where it is used',
    passes: {
      'packages/holdfast/package.json': manifest({ dependencies: { commander: '14.0.2' } }),
      'packages/holdfast/src/cli/a.ts': "import { Command } from 'commander';\n",
    },
    fails: {
      'packages/holdfast/package.json': manifest({}),
      'packages/holdfast/src/cli/a.ts': "import { Command } from 'commander';\n",
    },
    line: 1,
    says: "'commander' is not declared",
  },
  {
    rule: 'boundary',
    name: 'a manifest declares only packages before it',
    passes: { 'packages/world/package.json': manifest({ dependencies: { '@holdfast/trace': '0.1.0' } }) },
    fails: { 'packages/world/package.json': manifest({ dependencies: { '@holdfast/check': '0.1.0' } }) },
    line: 3,
    says: 'world may not depend on @holdfast/check',
  },
  {
    rule: 'boundary',
    name: 'a new package takes its place in the order',
    passes: { 'packages/patterns/package.json': manifest({ name: '@holdfast/patterns' }) },
    fails: { 'packages/misc/package.json': manifest({ name: '@holdfast/misc' }) },
    line: 1,
    says: 'misc has no place in the order',
  },
  {
    rule: 'boundary',
    name: 'the casebook is written as a user writes',
    passes: { 'casebook/split/split.test.ts': "import { assertHolds } from 'holdfast/testing';\n" },
    fails: { 'casebook/split/experiment.ts': "import { World } from '@holdfast/world';\n" },
    line: 1,
    says: "use the public entry 'holdfast'",
  },
];

/** Platform-neutral code. */
export const NEUTRAL: readonly Case[] = [
  {
    rule: 'neutral-import',
    name: 'a neutral package imports nothing of Node',
    passes: { 'packages/holdfast/src/node/a.ts': "import { join } from 'node:path';\n" },
    fails: { 'packages/world/src/a.ts': "const p = await import('node:path');\n" },
    line: 1,
    says: "'node:path' is Node's",
  },
  {
    rule: 'neutral-import',
    name: 'a module of Node is known without its prefix',
    passes: { 'packages/report/test/a.test.ts': "import { join } from 'path';\n" },
    fails: { 'packages/report/src/a.ts': "import { join } from 'path';\n" },
    line: 1,
    says: "'path' is Node's",
  },
  {
    rule: 'neutral-import',
    name: 'what experiments import does not reach code for Node',
    passes: { 'packages/holdfast/src/cli/main.ts': "import { run } from '../node/run.ts';\n" },
    fails: { 'packages/holdfast/src/experiment.ts': "import { run } from './node/run.ts';\n" },
    line: 1,
    says: "'./node/run.ts' is code for Node",
  },
  {
    rule: 'ambient',
    name: 'neutral code reads no clock',
    passes: { 'packages/holdfast/src/cli/a.ts': 'const now = Date.now();\n' },
    fails: { 'packages/world/src/a.ts': '\nconst now = Date.now();\n' },
    line: 2,
    says: "'Date' comes from the platform",
  },
  {
    rule: 'ambient',
    name: 'neutral code rolls no dice',
    passes: { 'packages/world/src/a.ts': 'const most = Math.max(1, 2);\n' },
    fails: { 'packages/world/src/a.ts': "const chance = Math['random']();\n" },
    line: 1,
    says: "'Math.random'",
  },
  {
    rule: 'ambient',
    name: 'a name of the file itself is not the platform',
    passes: {
      'packages/check/src/a.ts':
        'interface O { process: number; fetch(): void }\n' +
        'function f({ process }: O, [crypto = 1]: number[]) { return { process, k: crypto }; }\n' +
        'const g = (o: O) => o.process;\n',
    },
    fails: { 'packages/check/src/a.ts': 'interface O { process: number }\nconst o: O = { process };\n' },
    line: 2,
    says: "'process'",
  },
  {
    rule: 'ambient',
    name: 'order does not depend on a language setting',
    passes: { 'packages/check/src/a.ts': "const before = 'a' < 'b';\n" },
    fails: { 'packages/check/src/a.ts': "const before = 'a'.localeCompare('b');\n" },
    line: 1,
    says: "'localeCompare'",
  },
  {
    rule: 'ambient',
    name: 'the page of the report may use timers and still no chance',
    passes: { 'packages/report/src/page/a.ts': 'setTimeout(() => performance.now(), 10);\n' },
    fails: { 'packages/report/src/page/a.ts': 'setTimeout(() => Math.random(), 10);\n' },
    line: 1,
    says: "'Math.random'",
  },
];

/** Entries and docstrings. */
export const EXPORTS: readonly Case[] = [
  {
    rule: 'index-exports',
    name: 'an index names what it gives',
    passes: {
      'packages/world/src/index.ts': "export { a } from './a.ts';\nexport type { B } from './b.ts';\n",
    },
    fails: { 'packages/world/src/index.ts': "export { a } from './a.ts';\nexport * from './b.ts';\n" },
    line: 2,
    says: 'list the names',
  },
  {
    rule: 'index-exports',
    name: 'an index gives all of a folder whose own index names it',
    passes: { 'packages/world/src/index.ts': "export * from './disk/index.ts';\n" },
    fails: { 'packages/world/src/index.ts': "export * from './disk/disk.ts';\n" },
    line: 1,
    says: 'list the names',
  },
  {
    rule: 'index-exports',
    name: 'an index holds nothing itself',
    passes: { 'packages/world/src/index.ts': 'export {};\n' },
    fails: { 'packages/world/src/index.ts': 'export const a = 1;\n' },
    line: 1,
    says: 'holds nothing itself',
  },
  {
    rule: 'docstring',
    name: 'an export says what it promises',
    passes: {
      'packages/world/src/a.ts':
        '/** The first prime. */\nexport const two = 2;\nconst own = 1;\n' +
        '/** Adds. */\nexport function add(a: number): number;\nexport function add(a: string): string;\n' +
        '/** Kept apart. */\n// A note for readers of the code.\ninterface Apart {}\nexport { type Apart };\n',
    },
    fails: { 'packages/world/src/a.ts': '// The first prime.\nexport const two = 2;\n' },
    line: 2,
    says: "'two' is exported and has no docstring",
  },
  {
    rule: 'docstring',
    name: 'an export apart from its declaration counts',
    passes: { 'packages/world/test/a.ts': 'export class Helper {}\n' },
    fails: { 'packages/world/src/a.ts': '/* plain */\nclass Apart {}\nexport { Apart };\n' },
    line: 2,
    says: "'Apart'",
  },
];
