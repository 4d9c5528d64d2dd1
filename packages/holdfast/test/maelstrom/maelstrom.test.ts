import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { holdfast, ROOT } from '../cli/support.ts';

const ODD = fileURLToPath(new URL('./fixtures/odd.mjs', import.meta.url));

/** Asks two nodes of a program a little. */
function ask(...words: readonly string[]): ReturnType<typeof holdfast> {
  const short = ['--node-count', '2', '--rate', '40', '--time-limit', '0.5', '--timeout', '0.3'];
  const at = words.indexOf('--');
  const [given, behind] = at < 0 ? [words, []] : [words.slice(0, at), words.slice(at)];
  return holdfast(['maelstrom', ...given, ...short, ...behind], ROOT);
}

const odd = (how: string): ReturnType<typeof holdfast> =>
  ask('-w', 'echo', '--bin', process.execPath, '--', ODD, how);

describe('a program that speaks on standard input and output', () => {
  it('is asked, judged and ended', async () => {
    const { code, out } = await ask('test', '-w', 'echo', '--bin', 'examples/maelstrom/echo.mjs', '--json');
    const told = JSON.parse(out) as {
      readonly conclusion: string;
      readonly command: string;
      readonly operations: readonly { readonly outcome: string }[];
      readonly checks: readonly { readonly promise: string; readonly status: string }[];
    };
    expect([code, told.conclusion]).toEqual([0, 'holds']);
    expect(told.checks.map(({ promise, status }) => `${promise} ${status}`)).toEqual([
      'echo holds',
      'every kind of request is answered holds',
    ]);
    expect(told.operations.length).toBeGreaterThan(3);
    expect(told.command).toBe(
      'npx holdfast maelstrom -w echo --bin ./examples/maelstrom/echo.mjs --node-count 2 --rate 40 --time-limit 0.5 --timeout 0.3',
    );
  });

  it('is found out when it answers something else', async () => {
    const { code, out } = await odd('wrong');
    expect(code).toBe(1);
    expect(out).toMatch(
      /echo +violated +process \d asked "please echo \d+" and was answered "something else"/,
    );
  });

  it('shows nothing when it never answers, and says whom it talks to', async () => {
    const { code, out } = await odd('elsewhere');
    expect(code).toBe(3);
    expect(out).toMatch(/no 'echo' succeeded \("timeout"\)/);
    expect(out).toMatch(/to 'n77', which does not exist/);
  });

  it.each([
    ['ends', /n\d ended with code 3; its last words:\nthere is no database/],
    ['prints', /n\d printed what is no message, as it is no JSON: listening on stdin/],
    ['refuses', /n\d answered 'init' with error 14 \(abort\): not today/],
    ['lacks', /Cannot read 'echo_ok' as an answer: 'echo' must be present/],
  ])('ends the test with what is wrong when it %s', async (how, message) => {
    const { code, err } = await odd(how);
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });

  it('is refused before it is started when the words make no sense', async () => {
    const cases: readonly (readonly [words: readonly string[], message: RegExp])[] = [
      [['-w', 'lin-kw', '--bin', 'sh'], /workload 'lin-kw'.*lin-kv/s],
      [['-w', 'echo'], /without a program/],
      [['-w', 'echo', '--bin', './no-such-file'], /no such file/],
      [['-w', 'echo', '--bin', 'sh', '--nemesis', 'meteor'], /'meteor' as --nemesis/],
      [['-w', 'echo', '--bin', 'sh', '--concurrency', 'many'], /'many' as --concurrency/],
    ];
    for (const [words, message] of cases) {
      const { code, err } = await holdfast(['maelstrom', ...words], ROOT);
      expect(code).toBe(2);
      expect(err).toMatch(message);
    }
  });

  it('can be asked in ten ways, which are listed', async () => {
    const { code, out } = await holdfast(['maelstrom']);
    expect(code).toBe(0);
    expect(out.match(/^ {2}[a-z-]+ {2,}/gm)).toHaveLength(10);
  });
});
