import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { walkThrough } from '../../src/cli/commands/exploreWalk.ts';
import type { Io } from '../../src/cli/io.ts';
import { resolveModel } from '../../src/node/exploration/resolveModel.ts';
import { differences, documentedFields } from './jsonSchema.ts';
import { EXPERIMENTS, holdfast, temporaryFolder } from './support.ts';

const MODELS = join(EXPERIMENTS, 'models.ts');
const FIELDS = documentedFields('`explore`');
const LISTED = documentedFields('`explore` without a model');

describe('holdfast explore', () => {
  it('S3.23 ends with 0 when a model holds, and says what was covered', async () => {
    const folder = temporaryFolder();
    const { code, out } = await holdfast(['explore', 'register-paxos'], folder);
    expect(code).toBe(0);
    expect(out).toMatch(/^linearizable +holds +in all 16,668 states$/m);
    expect(out).toMatch(
      /^HOLDS {2}all 16,668 states were visited\n {2}16,668 states, 32,971 steps, depth 21, /m,
    );
    expect(out).toMatch(/odds that any two states were taken for one: \d\.\de-\d+$/m);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('S3.23 ends with 1 on a violation: a shortest run, what it broke, and the command that replays it', async () => {
    const folder = temporaryFolder();
    const { code, out } = await holdfast(['explore', 'raft-vote-not-persisted'], folder);
    expect(code).toBe(1);
    expect(out).toMatch(
      /^VIOLATED {2}election safety, no run is shorter\n {2}1\. N1 timer election goes off$/m,
    );
    expect(out).toMatch(/^ {2}8\. N3 -> N1 RequestVoteReply .*\n {7}N1 role candidate -> leader/m);
    expect(out).toMatch(/^ {2}so: history .*"leaders":\{"1":\[1,2\]\}/m);
    const [, evidence = ''] = /^evidence {2}(\S+)$/m.exec(out) ?? [];
    expect(out).toMatch(new RegExp(`^replay {4}.* explore --replay ${evidence}$`, 'm'));
    const again = await holdfast(['explore', '--replay', evidence], folder);
    expect(again.code).toBe(1);
    expect(again.out).toMatch(/^VIOLATED {2}election safety: history/m);
    const json = await holdfast(['explore', '--replay', evidence, '--json'], folder);
    const replayed: unknown = JSON.parse(json.out);
    expect(differences(replayed, FIELDS)).toEqual([]);
    expect(replayed).toMatchObject({ verdict: 'violated', coverage: { end: 'replayed', depth: 9 } });
  });

  it('S3.23 explores an experiment as it is simulated, and draws the run that breaks it', async () => {
    const folder = temporaryFolder();
    const { code, out, err } = await holdfast(
      ['explore', 'raft-ack-on-append', '--nodes', '3', '--calls', '2', '--report', 'pages'],
      folder,
    );
    expect(code).toBe(1);
    expect(err).toMatch(/^3 nodes; clients ask any of them, once each: C1 write k\d+ \d+; C2 read k\d+\.$/m);
    expect(out).toMatch(/^ {2}so: process \d read null .* had completed before it began/m);
    const [, page = ''] = /^report {4}(\S+)$/m.exec(out) ?? [];
    expect(readFileSync(join(folder, page), 'utf8')).toMatch(/linearizability broken in \d+ steps/);
    const [, evidence = ''] = /^evidence {2}(\S+)$/m.exec(out) ?? [];
    const drawn = await holdfast(['draw', evidence, '--format', 'text'], folder);
    expect(drawn.out).toMatch(/step \d+ +C2 +asks read$/m);
    const again = await holdfast(['explore', '--replay', evidence], folder);
    expect(again.code).toBe(1);
    expect(again.out).toMatch(/^VIOLATED {2}linearizability: process \d read null/m);
  });

  it('S3.23 refuses to explore what is not made of cores, and sizes that a model does not have', async () => {
    const { code, err } = await holdfast(['explore', 'leader-follower', '--nodes', '3']);
    expect(code).toBe(2);
    expect(err).toMatch(
      /Cannot explore experiment 'leader-follower' as its subject, .* cannot be taken step by step with 3 nodes; simulate it/,
    );
    const none = await holdfast(['explore', 'register-paxos', '--nodes', '3']);
    expect(none.code).toBe(2);
    expect(none.err).toMatch(
      /no built-in experiment of that name|no built-in model or experiment of that name/,
    );
  });

  it('S3.23 a run that the model no longer allows is refused with the step', async () => {
    const folder = temporaryFolder();
    const { out } = await holdfast(['explore', 'raft-ack-on-append', '--json'], folder);
    const { evidence } = JSON.parse(out) as { readonly evidence: string };
    const path = join(folder, evidence);
    writeFileSync(path, readFileSync(path, 'utf8').replace('N1 timer election', 'N1 timer selection'));
    const { code, err } = await holdfast(['explore', '--replay', evidence], folder);
    expect(code).toBe(2);
    expect(err).toMatch(/step 1 is not enabled: N1 timer selection goes off; enabled: N1 timer election/);
  });

  it('S3.23 prints one documented object with --json, with and without a model', async () => {
    const folder = temporaryFolder();
    const { code, out } = await holdfast(
      ['explore', 'raft-no-up-to-date-check', '--no-symmetry', '--exact', '--json'],
      folder,
    );
    const document: unknown = JSON.parse(out);
    expect(differences(document, FIELDS)).toEqual([]);
    expect(document).toMatchObject({
      exitCode: code,
      verdict: 'violated',
      bounds: 'timeouts=2,storage=at-once,timers.election=1,timers.*=0',
      coverage: { symmetry: false, exact: true, collisionOdds: 0 },
      counterexample: { promise: 'leader completeness' },
    });
    const listed = await holdfast(['explore', '--json']);
    expect(differences(JSON.parse(listed.out), LISTED)).toEqual([]);
    expect(listed.code).toBe(0);
    const text = await holdfast(['explore']);
    expect(text.out).toMatch(/^ {2}raft-local-read +BROKEN \(linearizable\): serves reads/m);
  });

  it('S3.23 bounds replace those of the model; ones too small to reach anything end with 3', async () => {
    const tight = await holdfast(['explore', 'raft-election', '--bounds', 'timers.election=0']);
    expect(tight.code).toBe(3);
    expect(tight.out).toMatch(/^UNDECIDED {2}nothing can happen within these bounds$/m);
    const stopped = await holdfast(['explore', 'raft-replication', '--max-states', '5000']);
    expect(stopped.code).toBe(3);
    expect(stopped.out).toMatch(/^UNDECIDED {2}stopped at the limit of states, /m);
    const full = await holdfast(
      ['explore', 'raft-replication', '--memory', '1', '--json'],
      temporaryFolder(),
    );
    expect(full.code).toBe(3);
    expect(full.out).toContain('"reason": "stopped for want of memory at');
  });

  it('S3.23 no room on disk for states that wait ends with 3 and what was covered', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    const words = ['explore', 'raft-replication', '--memory', '8', '--spill', 'file'];
    const { code, out } = await holdfast(words, folder);
    expect(code).toBe(3);
    expect(out).toMatch(
      /^UNDECIDED {2}stopped as states that wait found no room on disk \(EEXIST: .*\), [\d,]+ states: all runs of up to \d+ steps were looked at, [\d,]+ states were left/m,
    );
    expect(out).toMatch(/^go on with {2}.* --resume /m);
  });

  it('S3.23 partial order leaves states out and keeps verdicts, and is refused where it is not sound', async () => {
    const { code, out } = await holdfast(['explore', 'register-paxos', '--partial-order']);
    expect(code).toBe(0);
    expect(out).toMatch(/^HOLDS {2}all 10,\d\d\d states that partial order leaves were visited$/m);
    const words = ['explore', 'register-paxos', '--partial-order'];
    const bounded = await holdfast([...words, '--bounds', 'inFlight=3']);
    expect([bounded.code, bounded.err]).toEqual([
      2,
      expect.stringMatching(/by partial order as a bound on messages/),
    ]);
    const two = await holdfast([...words, '--workers', '2']);
    expect([two.code, two.err]).toEqual([2, expect.stringMatching(/--partial-order with several workers/)]);
  });

  it('S3.23 fingerprints of 96 bits find the same, and say how sure that is', async () => {
    const { code, out } = await holdfast(['explore', 'register-paxos', '--fingerprint', '96']);
    expect(code).toBe(0);
    expect(out).toMatch(/16,668 states, 32,971 steps, depth 21, /);
    expect(out).toMatch(/odds that any two states were taken for one by 96 bits: 1\.8e-21$/m);
    const two = await holdfast(['explore', 'register-paxos', '--fingerprint', '96', '--workers', '2']);
    expect([two.code, two.err]).toEqual([2, expect.stringMatching(/--fingerprint 96 with several workers/)]);
    const odd = await holdfast(['explore', 'register-paxos', '--fingerprint', '80']);
    expect([odd.code, odd.err]).toEqual([2, expect.stringMatching(/as --fingerprint: it must be 64 or 96/)]);
  });

  it('S3.23 an unfinished search goes on from its checkpoint, to the result of one that was never interrupted', async () => {
    const folder = temporaryFolder();
    const first = await holdfast(
      ['explore', 'raft-joint-consensus', '--max-states', '3000', '--json'],
      folder,
    );
    const { checkpoint, resume } = JSON.parse(first.out) as {
      readonly checkpoint: string;
      readonly resume: string;
    };
    expect(first.code).toBe(3);
    expect(resume).toContain(`explore raft-joint-consensus --resume ${checkpoint} --bounds`);
    const second = await holdfast(
      ['explore', 'raft-joint-consensus', '--resume', checkpoint, '--json'],
      folder,
    );
    expect(second.code).toBe(0);
    expect(JSON.parse(second.out)).toMatchObject({
      checkpoint: null,
      coverage: { end: 'complete', states: 10_141, generated: 17_627, depth: 29 },
    });
    const other = await holdfast(
      ['explore', 'raft-joint-consensus', '--resume', checkpoint, '--bounds', 'crashes=1'],
      folder,
    );
    expect(other.code).toBe(2);
    expect(other.err).toMatch(/as its bounds differs: it has 'no crashes, .*', asked for is '1 crash, /);
    writeFileSync(join(folder, checkpoint), readFileSync(join(folder, checkpoint)).subarray(0, 9_000));
    const torn = await holdfast(['explore', 'raft-joint-consensus', '--resume', checkpoint], folder);
    expect(torn.code).toBe(2);
    expect(torn.err).toMatch(/as a checkpoint: it ends too early/);
  });

  it('S3.23 the command that goes on repeats what the search was asked', async () => {
    const folder = temporaryFolder();
    const asked = ['explore', 'two-phase-commit', '--no-symmetry', '--keep-going'];
    const first = await holdfast([...asked, '--max-states', '2000', '--json'], folder);
    const { resume, checkpoint } = JSON.parse(first.out) as { resume: string; checkpoint: string };
    expect(resume).toMatch(/ --no-symmetry --keep-going$/);
    const second = await holdfast([...asked, '--resume', checkpoint, '--json'], folder);
    expect(JSON.parse(second.out)).toMatchObject({ coverage: { end: 'complete', states: 296_448 } });
  });

  it('S3.23 walks within a budget find a violation, or say what was covered', async () => {
    const folder = temporaryFolder();
    const found = await holdfast(['explore', 'raft-ack-on-append', '--budget', '50000', '--json'], folder);
    const document: unknown = JSON.parse(found.out);
    expect(differences(document, documentedFields('`explore` with `--budget`'))).toEqual([]);
    expect(document).toMatchObject({ verdict: 'violated', counterexample: { promise: 'linearizable' } });
    const { evidence } = document as { readonly evidence: string };
    expect((await holdfast(['explore', '--replay', evidence], folder)).code).toBe(1);
    const nothing = await holdfast(
      ['explore', 'commit-three-phase', '--budget', '2000', '--seed', '3'],
      folder,
    );
    expect(nothing.code).toBe(3);
    expect(nothing.out).toMatch(
      /^UNDECIDED {2}nothing was violated in \d+ runs of 2\d\d\d steps\n {2}steps taken: /m,
    );
  });

  it('S3.23 step by step: the state at a point, what may follow, and what each step would break', async () => {
    const { code, out } = await holdfast(['explore', `${MODELS}#large`, '--walk', '0,0', '--json']);
    const document: unknown = JSON.parse(out);
    expect(differences(document, documentedFields('`explore` with `--walk`'))).toEqual([]);
    expect(code).toBe(0);
    expect(document).toMatchObject({
      taken: [{ changes: 'count 0 -> 1' }, { changes: 'count 1 -> 2' }],
      state: { count: 2 },
      enabled: [{ text: 'count', breaks: ['below three'] }],
    });
    const broken = await holdfast(['explore', `${MODELS}#large`, '--walk', '0,0,0']);
    expect(broken.code).toBe(1);
    expect(broken.out).toMatch(
      /^VIOLATED {2}below three: \{"count":3\}\n {4}0 {2}count {2}BREAKS below three$/m,
    );
    const wrong = await holdfast(['explore', `${MODELS}#large`, '--walk', '0,7']);
    expect(wrong.code).toBe(2);
    expect(wrong.err).toMatch(/Cannot take step '7' after 1 steps: 1 are enabled/);
  });

  it('S3.23 a conversation takes steps, goes back, shows the state and ends', async () => {
    const loaded = await resolveModel(`${MODELS}#large`, EXPERIMENTS);
    let out = '';
    const io = {
      cwd: EXPERIMENTS,
      out: (text: string) => (out += text),
      colours: false,
      width: undefined,
    } as unknown as Io;
    async function* lines(): AsyncGenerator<string> {
      yield* ['0', '0', 'b', 's', '9', 'q', '0'];
    }
    expect(await walkThrough(loaded, {}, { path: '', json: false }, io, lines())).toBe(0);
    expect(out).toMatch(
      /after step 2: count\n[\s\S]*after step 1: count\n[\s\S]*"count": 1[\s\S]*Cannot take '9' as a step/,
    );
  });

  it('S3.23 takes models from files, one of several by its name', async () => {
    const folder = temporaryFolder();
    expect((await holdfast(['explore', `${MODELS}#small`], folder)).code).toBe(0);
    const large = await holdfast(['explore', `${MODELS}#large`], folder);
    expect(large.code).toBe(1);
    expect(large.out).toMatch(/^ {2}3\. count\n {7}count 2 -> 3\n {2}so: \{"count":3\}$/m);
    expect((await holdfast(['explore', `${MODELS}#still`], folder)).code).toBe(3);
  });

  it('S3.23 judges what must lead to what, and shows the part of a run that repeats for ever', async () => {
    const folder = temporaryFolder();
    const { code, out } = await holdfast(['explore', `${MODELS}#turning`], folder);
    expect(code).toBe(1);
    expect(out).toMatch(/^VIOLATED {2}it leaves\n {2}and then for ever:\n {2}1\. turn\n.*\n {2}2\. turn$/m);
    const detection = await holdfast(['explore', 'termination-detection'], folder);
    expect(detection.code).toBe(0);
    expect(detection.out).toMatch(
      /^termination leads to its detection +holds +in all fair runs of 1,566 states$/m,
    );
  });

  it.each([
    [
      'a misspelt model',
      ['raft-electoin'],
      /there is no built-in model or experiment of that name; did you mean 'raft-election/,
    ],
    [
      'a misspelt bound',
      ['paxos', '--bounds', 'crash=1'],
      /Cannot use 'crash=1' as a bound; write --bounds as/,
    ],
    [
      'half a crash',
      ['paxos', '--bounds', 'crashes=0.5'],
      /'crashes=0\.5' as a bound: it must be a whole number/,
    ],
    ['a missing file', ['./gone.ts'], /models from \.\/gone\.ts: there is no such file/],
    [
      'several models in a file',
      [MODELS],
      /it holds small, large, turning, still, impure; pick one, as in models\.ts#small/,
    ],
    [
      'a file of several experiments',
      ['./tiny.ts'],
      /Cannot choose among the 2 experiments in \.\/tiny\.ts: tiny, broken; pick one, as in tiny\.ts#tiny/,
    ],
    [
      'a file of neither',
      ['./notExperiments.mjs'],
      /its default export is neither a model nor an experiment; write `export default explorable/,
    ],
    ['a run that is none', ['--replay', 'models.ts'], /models\.ts as a run: it is not JSON/],
    ['an impure model', [`${MODELS}#impure`], /each step must depend on its state and its choices only/],
  ])('S3.23 ends with 2 for %s', async (_, words, message) => {
    const { code, err } = await holdfast(['explore', ...words]);
    expect(err).toMatch(message);
    expect(code).toBe(2);
  });
});
