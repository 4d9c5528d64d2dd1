import type { Experiment } from 'holdfast';
import { PRINCIPLES } from './gallery.ts';

/** Every scenario of the gallery by its name. */
const experiments: Readonly<Record<string, Experiment>> = Object.assign(
  {},
  ...PRINCIPLES.map(({ scenarios }) => scenarios),
) as Readonly<Record<string, Experiment>>;

export default experiments;
