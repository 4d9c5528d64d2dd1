/**
 * Whether reasons are reasons: every broken twin of Raft and the wrong approach of every incident are made small, and why they broke must name the
 * planted fault and be told by at most twenty events or a tenth of the trace.
 *
 *   npm run why                  all of them
 *   npm run why -- NAME...       only those whose name holds one of these
 *
 * Exit code 0, 1 when a reason does not name its fault or is too long.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Experiment, isCaseStudy, mostTold, shrinkRun, simulate, sliceRun, TWINS } from 'holdfast';
import { kill } from '../packages/holdfast/test/catalogue/hunt.ts';
import { reasonOf, SAYS } from '../packages/holdfast/test/catalogue/says.ts';

const CASEBOOK: string = join(import.meta.dirname, '../casebook');
const MOST_SEEDS = 400;
const SHRINK_EVENTS = 3_000_000;
const SLICE_EVENTS = 1_000_000;

interface Small {
  readonly name: string;
  readonly experiment: Experiment;
  readonly promise: string;
  readonly result: ReturnType<typeof simulate>;
  /** What names the fault, and whether it is named. */
  readonly because: string;
  readonly isNamed: boolean;
}

function report({ name, experiment, promise, result, because, isNamed }: Small): boolean {
  const { trace } = result;
  if (trace === undefined) return false;
  const slice = sliceRun(experiment, result, promise, { maxEvents: SLICE_EVENTS });
  const isShort = slice.events.length <= mostTold(trace);
  const sizes = `${slice.events.length} of ${trace.events.length} events tell it, ${slice.led} led to it`;
  console.log(`${isNamed && isShort ? 'ok  ' : 'BAD '} ${name}: ${sizes}`);
  console.log(`      ${because.replaceAll('\n', '\n      ')}`);
  return isNamed && isShort;
}

type Wanted = (name: string) => boolean;

function* twins(isWanted: Wanted): Generator<Small> {
  for (const twin of TWINS) {
    if (twin.protocol !== 'raft' || !isWanted(`raft-${twin.defect}`)) continue;
    const found = kill(twin, MOST_SEEDS, { maxEvents: SHRINK_EVENTS });
    if (found === undefined) continue;
    const { experiment, shrunk } = found;
    const because = reasonOf(shrunk.result, shrunk.promise);
    const isNamed = SAYS[twin.defect as keyof typeof SAYS].test(because);
    yield {
      name: `raft-${twin.defect}`,
      experiment,
      promise: shrunk.promise,
      result: shrunk.result,
      because,
      isNamed,
    };
  }
}

async function* cases(isWanted: Wanted): AsyncGenerator<Small> {
  for (const name of readdirSync(CASEBOOK).toSorted()) {
    const path = join(CASEBOOK, name, 'case.ts');
    if (!existsSync(path) || !isWanted(name)) continue;
    const { default: study } = (await import(pathToFileURL(path).href)) as { readonly default: unknown };
    if (!isCaseStudy(study) || study.wrong.seen === undefined) continue;
    const { breaks: promise, seen } = study.wrong;
    const { wrong: experiment } = study.experiments;
    for (let seed = study.seeds.first; seed < study.seeds.first + study.seeds.count; seed++) {
      const whole = simulate(experiment, seed, { trace: true });
      if (!whole.verdicts.some((each) => each.promise === promise && each.status === 'violated')) continue;
      const { result } = shrinkRun(experiment, whole, { promise, maxEvents: SHRINK_EVENTS / 4 });
      const because = seen(result) ?? seen(whole);
      yield {
        name,
        experiment,
        promise,
        result,
        because: because ?? 'not named',
        isNamed: because !== undefined,
      };
      break;
    }
  }
}

async function main(names: readonly string[]): Promise<number> {
  const isWanted: Wanted = (name) => names.length === 0 || names.some((part) => name.includes(part));
  let bad = 0;
  for (const small of twins(isWanted)) if (!report(small)) bad++;
  for await (const small of cases(isWanted)) if (!report(small)) bad++;
  console.log(
    bad === 0 ? 'every reason names its fault and can be read' : `${bad} reasons are not as they must be`,
  );
  return bad === 0 ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
