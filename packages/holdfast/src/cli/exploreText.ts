import type { ExploreProgress, ExploreResult, ExploreTrace, NamedModel } from '@holdfast/explore';
import type { Io } from './io.ts';
import { clipped, columns, counted, grouped, painted } from './text.ts';

/** Steps printed of a run; the file has them all. */
const MOST_STEPS = 200;

/**
 * How far a search has come: `1,234,567 states  410,000 states/s  depth 17  310,883 queued  about 2,000,000 in all`. The rate is that of
 * states found since it began, or went on with `known` of them.
 */
export function exploreProgress(progress: ExploreProgress, elapsedMs: number, known = 0): string {
  const { states, depth, queued, estimate, bytes } = progress;
  const parts = [
    `${grouped(states)} states`,
    `${grouped(((states - known) * 1_000) / Math.max(1, elapsedMs))} states/s`,
    `depth ${depth}`,
    `${grouped(queued)} queued`,
    `${grouped(bytes / 1e6)} MB`,
  ];
  if (estimate !== undefined) parts.push(`about ${grouped(estimate)} in all`);
  return parts.join('  ');
}

/** A verdict per promise. */
export function describeProperties(io: Io, result: ExploreResult): string {
  const head = ['promise', 'verdict', 'why'];
  const rows = result.properties.map(({ name, status, reason }) => [name, status, reason]);
  const [title = '', ...lines] = columns([head, ...rows]).map((line) => clipped(io, line));
  const painting = lines.map((line, i) => {
    const { name = '', status = 'holds' } = result.properties[i] ?? {};
    const at = line.indexOf(status, name.length);
    return line.slice(0, at) + painted(io, status) + line.slice(at + status.length);
  });
  return [title, ...painting].join('\n');
}

/** The conclusion with its sizes. */
export function describeExploration(io: Io, result: ExploreResult, spentText: string): string {
  const { status, reason, states, generated, depth, symmetry, exact, collisionOdds, confusions, work } =
    result;
  const by = result.fingerprintBits === 64 ? '' : ` by ${result.fingerprintBits} bits`;
  const memory = result.interned
    ? `${grouped(work.hits)} answers from memory, ${grouped(work.rechecks)} of them worked out again`
    : 'most local states occur once, so nothing was kept in memory';
  const odds = exact
    ? `whole states compared; ${grouped(confusions)} share a fingerprint with another`
    : `odds that any two states were taken for one${by}: ${collisionOdds.toExponential(1)}`;
  return [
    `${painted(io, status, status.toUpperCase())}  ${reason}`,
    `  ${grouped(states)} states${symmetry ? ' up to symmetry' : ''}, ${grouped(generated)} steps, depth ${depth}, ${spentText}`,
    `  ${odds}`,
    `  the model's own code ran ${counted(work.calls, 'time')}; ${memory}`,
  ].join('\n');
}

/** A run, a line a step with what it changed. */
export function describeRun(io: Io, trace: Pick<ExploreTrace, 'steps' | 'loopsFrom'>): string {
  const width = String(trace.steps.length).length;
  const { loopsFrom = trace.steps.length } = trace;
  const lines = trace.steps
    .slice(0, MOST_STEPS)
    .flatMap(({ text, changes }, i) => [
      ...(i === loopsFrom ? ['  and then for ever:'] : []),
      clipped(io, `  ${String(i + 1).padStart(width)}. ${text}`),
      ...(changes === '' ? [] : [clipped(io, `  ${' '.repeat(width)}    ${changes}`)]),
    ]);
  const left = trace.steps.length - MOST_STEPS;
  return [...lines, ...(left > 0 ? [`  and ${counted(left, 'more step')}`] : [])].join('\n');
}

/** The built-in models, by family. */
export function describeModels(models: readonly NamedModel[]): string {
  const width = Math.max(...models.map(({ name }) => name.length));
  const lines: string[] = [];
  let family = '';
  for (const model of models) {
    if (model.family !== family) lines.push(`${family === '' ? '' : '\n'}${model.family}`);
    family = model.family;
    const broken = model.kind === 'broken' ? `BROKEN (${model.breaks ?? ''}): ` : '';
    lines.push(`  ${model.name.padEnd(width)}  ${broken}${model.about}`);
  }
  return lines.join('\n');
}
