import { type Experiment, isExperiment } from '../experiment/experiment.ts';

/** Finds an experiment in what a module exports as default: an experiment, or a list or record of them. */
export function experimentNamed(value: unknown, name: string): Experiment | undefined {
  if (isExperiment(value)) return value;
  if (typeof value !== 'object' || value === null) return undefined;
  const own = Array.isArray(value) ? undefined : (value as Readonly<Record<string, unknown>>)[name];
  if (isExperiment(own)) return own;
  return Object.values(value).find((item): item is Experiment => isExperiment(item) && item.name === name);
}
