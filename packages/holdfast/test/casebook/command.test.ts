import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { differences, documentedFields } from '../cli/jsonSchema.ts';
import { holdfast, ROOT, temporaryFolder } from '../cli/support.ts';

const CASES = fileURLToPath(new URL('fixtures/cases', import.meta.url));

describe('holdfast casebook', () => {
  it('lists the cases with their anchors, also as a documented object', async () => {
    const { code, out } = await holdfast(['casebook'], ROOT);
    expect(code).toBe(0);
    expect(out).toMatch(/^ {2}raft-majority +Raft: a majority keeps .* In Search of an Understandable/m);
    const json = await holdfast(['casebook', '--json', '--folder', CASES]);
    const listed = JSON.parse(json.out) as { readonly cases: readonly { readonly name: string }[] };
    expect(differences(listed, documentedFields('`casebook` without `run`'))).toEqual([]);
    expect(listed.cases.map(({ name }) => name)).toEqual(['bad', 'good']);
  });

  it('says what was promised, what held, what broke, and where document and report are', async () => {
    const folder = temporaryFolder();
    const words = ['casebook', 'run', 'good', '--folder', CASES, '--no-shrink', '--report', 'out'];
    const { code, out } = await holdfast(words, folder);
    expect(code).toBe(0);
    expect(out).toMatch(/^promised {2}Reads are never older/m);
    expect(out).toMatch(/^held {6}holds: \d+ of \d+ promises in 3 seeds/m);
    expect(out).toMatch(
      /^ +violated in \d of the same 3 seeds; linearizability, seed \d: process \d+ read /m,
    );
    expect(out).toMatch(/^document {2}out\/good-answers\.md {2}\(new\)$/m);
    expect(out).toMatch(/^HOLDS {2}1 of 1 case as it must be/m);
    const written = readdirSync(join(folder, 'out'));
    for (const name of [
      /^good-answers\.md$/,
      /^good-answers\.json$/,
      /^good-wrong-seed-.*\.json$/,
      /^good-[0-9a-f]{8}\.html$/,
    ]) {
      expect(written.filter((each) => name.test(each))).toHaveLength(1);
    }
    expect(out).toMatch(/^report {4}out\/good-[0-9a-f]{8}\.html$/m);
    const verified = await holdfast(
      ['verify', join(folder, 'out/good-answers.json'), '--json'],
      join(CASES, '..'),
    );
    expect(verified.code).toBe(0);
    expect(differences(JSON.parse(verified.out), documentedFields('`verify`'))).toEqual([]);
  });

  it('ends with 1 and names all that is not as it must be, as a documented object', async () => {
    const words = ['casebook', 'run', 'bad', '--folder', CASES, '--no-shrink', '--json'];
    const { code, out } = await holdfast(words, temporaryFolder());
    const document = JSON.parse(out) as {
      readonly cases: readonly { readonly problems: readonly string[]; readonly verdict: string }[];
    };
    expect(code).toBe(1);
    expect(differences(document, documentedFields('`casebook run`'))).toEqual([]);
    const [entry] = document.cases;
    expect(entry?.verdict).toBe('violated');
    expect(entry?.problems).toEqual([
      expect.stringMatching(/^the better approach broke linearizability in seed \d: process/),
      "the wrong approach did not break 'linearizability' in any of 3 seeds",
      "the table of the page is not the one measured: '--write' renews it",
      'the table does not show that nothing is answered',
    ]);
  });

  it('refuses a case there is none of, another action, and a folder without cases', async () => {
    const refused: readonly (readonly [readonly string[], RegExp])[] = [
      [['casebook', 'run', 'goot', '--folder', CASES], /holds none of that name; did you mean 'good'/],
      [['casebook', 'walk'], /it can be listed, or run/],
      [['casebook', '--folder', 'nowhere'], /no folder in it holds a case\.ts/],
      [['verify', join(CASES, 'good/case.ts')], /it has no line that begins with/],
      [['verify', 'x.md', '--with', 'better'], /it names no experiment; write better=/],
    ];
    for (const [words, message] of refused) {
      const { code, err } = await holdfast(words, temporaryFolder());
      expect(code).toBe(2);
      expect(err).toMatch(message);
    }
  });
});
