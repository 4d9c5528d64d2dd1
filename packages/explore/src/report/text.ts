import { encodePlain } from '@holdfast/plain';
import type { ExploreResult, ExploreTrace, PropertyResult } from './result.ts';

/** A number people can read: `1,194,428`. */
export function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** A run, one step a line, numbered; `states` adds what each step leads to. */
export function traceText(trace: ExploreTrace, states = false): string {
  const width = String(trace.steps.length).length;
  const state = (value: unknown): string[] => (states ? [`${' '.repeat(width)}  ${encodePlain(value)}`] : []);
  return [
    ...state(trace.initial),
    ...trace.steps.flatMap(({ text, after }, i) => [
      `${String(i + 1).padStart(width)}. ${text}`,
      ...state(after),
    ]),
  ].join('\n');
}

/** A result in a few lines: what was covered, each property, and the shortest violation. */
export function exploreText(result: ExploreResult): string {
  const { model, bounds, states, generated, depth, properties, counterexample } = result;
  return [
    `${model}${bounds === '' ? '' : ` within ${bounds}`}: ${result.status}`,
    `  ${result.reason}`,
    `  ${grouped(states)} states, ${grouped(generated)} steps, depth ${grouped(depth)}${symmetryText(result)}; ${oddsText(result)}`,
    `  ${grouped(result.work.calls)} runs of the model's code, ${grouped(result.work.hits)} answers from memory, ${grouped(result.work.rechecks)} of them run again`,
    ...properties.map(propertyText),
    ...(counterexample === undefined ? [] : ['', `${counterexample.property}:`, traceText(counterexample)]),
  ].join('\n');
}

function symmetryText({ symmetry }: ExploreResult): string {
  return symmetry ? ', up to symmetry' : '';
}

function oddsText({ exact, fingerprintBits, collisionOdds, confusions }: ExploreResult): string {
  if (exact) return `whole states compared, ${grouped(confusions)} with a fingerprint another had`;
  const by = fingerprintBits === 64 ? '' : ` by ${fingerprintBits} bits`;
  return `odds that any two were taken for one${by}: ${collisionOdds.toExponential(1)}`;
}

function propertyText({ name, kind, status, reason }: PropertyResult): string {
  return `  ${status} ${name} (${kind}): ${reason}`;
}
