import {
  Exploration,
  type ExploreOptions,
  type ExploreResult,
  type NamedModel,
  NAMED_MODELS,
  PartialOrderError,
} from '@holdfast/explore';

const HEADINGS = [
  'Model',
  'Off: states',
  's',
  'MB',
  'Ample: states',
  's',
  'MB',
  'Dynamic: runs',
  'blocked',
  'states',
  's',
  'MB',
  '',
] as const;

interface Measured {
  readonly result: ExploreResult;
  readonly seconds: number;
}

function measured({ load, kind }: NamedModel, options: ExploreOptions): Measured {
  const start = process.cpuUsage();
  const stopAtViolation = kind === 'broken';
  const exploration = new Exploration(load(), undefined, { symmetry: false, stopAtViolation, ...options });
  while (exploration.advance(100_000));
  const { user, system } = process.cpuUsage(start);
  return { result: exploration.result(), seconds: (user + system) / 1e6 };
}

/** Beyond the limit a search says that it stopped there. */
function size({ result }: Measured): string {
  const states = result.states.toLocaleString('en-US');
  return result.end === 'states' ? `more than ${states}` : states;
}

function cells(of: Measured): string[] {
  return [size(of), of.seconds.toFixed(2), (of.result.bytes / 1e6).toFixed(1)];
}

/** A row; undefined for a model without the reduction. */
function row(
  model: NamedModel,
  limit: number,
): { readonly cells: string[]; readonly same: boolean } | undefined {
  try {
    const off = measured(model, { maxStates: limit });
    const ample = measured(model, { maxStates: limit, partialOrder: 'ample' });
    const dynamic = measured(model, { maxStates: 20 * limit, partialOrder: 'dynamic' });
    const { runs = { complete: 0, blocked: 0 } } = dynamic.result;
    const decided = [off, ample, dynamic].filter(({ result }) => result.end !== 'states');
    const same = new Set(decided.map(({ result }) => result.status)).size <= 1;
    const counts = [runs.complete, runs.blocked].map((n) => n.toLocaleString('en-US'));
    const verdicts = [...new Set(decided.map(({ result }) => result.status))].join(' and ');
    return {
      cells: [model.name, ...cells(off), ...cells(ample), ...counts, ...cells(dynamic), verdicts],
      same,
    };
  } catch (error) {
    if (error instanceof PartialOrderError) return undefined;
    throw error;
  }
}

/** Prints dynamic reduction beside ample sets; 1 when a verdict differs. */
export function compareDynamic(names: readonly string[], limit: number): number {
  console.log(`| ${HEADINGS.join(' | ')} |\n| --- |${' ---: |'.repeat(HEADINGS.length - 2)} --- |`);
  let differing = 0;
  for (const model of NAMED_MODELS) {
    if (names.length > 0 ? !names.some((text) => model.name.includes(text)) : model.size !== 'short')
      continue;
    const found = row(model, limit);
    if (found === undefined) continue;
    if (!found.same) differing++;
    console.log(`| ${found.cells.join(' | ')} |`);
  }
  return differing === 0 ? 0 : 1;
}
