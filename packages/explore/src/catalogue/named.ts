import type { Bounds } from '../bounds/bounds.ts';
import { type Explorable, explorable, type ExploreModel } from '../explorable.ts';

/** A model that comes with the explorer, with bounds within which it is explored to the end, or its defect is found. */
export interface NamedModel {
  /** What a command line takes. */
  readonly name: string;
  /** `correct` keeps its promises within the bounds; `broken` is a deviation whose shortest violation lies within them. */
  readonly kind: 'correct' | 'broken';
  /** One line for people. */
  readonly about: string;
  /** The family it belongs to: `raft`, `paxos`, ... */
  readonly family: string;
  /** How long it takes on one core: `short` under a second or so, `medium` some seconds, `long` more. */
  readonly size: 'short' | 'medium' | 'long';
  /** What a violation breaks; for `broken` only. */
  readonly breaks?: string;
  readonly load: () => Explorable;
}

/** What a named model is made of. */
interface Draft<S extends object, M, C, R> extends Omit<NamedModel, 'load' | 'size' | 'kind' | 'breaks'> {
  readonly bounds?: Bounds;
  readonly size?: NamedModel['size'];
  readonly model: (name: string) => ExploreModel<S, M, C, R>;
}

/** A model that keeps its promises. */
export function correct<S extends object, M, C, R>(draft: Draft<S, M, C, R>): NamedModel {
  const { name, about, family, size = 'short', bounds = {}, model } = draft;
  return { name, kind: 'correct', about, family, size, load: () => explorable(model(name), bounds) };
}

/** A model that breaks the promise `breaks`. */
export function broken<S extends object, M, C, R>(breaks: string, draft: Draft<S, M, C, R>): NamedModel {
  return { ...correct(draft), kind: 'broken', breaks };
}
