import { type Bounds, type ResolvedBounds, resolveBounds } from './bounds/bounds.ts';
import { type PartialOrderDefect, PartialOrderError } from './engine/partialOrder/ample.ts';
import { CoreSpace } from './engine/cores/coreSpace.ts';
import type { CoreModel } from './engine/cores/model.ts';
import type { PartialOrderKind } from './engine/searchOptions.ts';
import type { Space } from './engine/space.ts';
import type { Spec } from './engine/spec/spec.ts';
import { SpecSpace } from './engine/spec/specSpace.ts';

/** What can be explored: a specification, or a system of cores. */
export type ExploreModel<S extends object, M, C, R> = Spec<S> | CoreModel<M, C, R>;

/** How a space is to be opened. */
export interface SpaceOptions {
  /** Takes states that differ by a permutation the model allows for one. */
  readonly symmetry: boolean;
  /** So many threads explore it together, each a space of its own: each then checks fewer of its answers again. Default 1. */
  readonly threads?: number;
  /** Leaves out orders of steps that make no difference to promises; of systems only. Default off. */
  readonly partialOrder?: PartialOrderKind;
  /** Breaks that, to see that it shows. */
  readonly partialOrderDefect?: PartialOrderDefect;
}

/** A model whatever its types, with bounds of its own: what a list or a file of models holds. */
export interface Explorable {
  readonly name: string;
  readonly kind: 'specification' | 'system';
  /** What it is explored within unless told otherwise. */
  readonly bounds: Bounds;
  /** Opens a space of its states. Throws for a model or bounds that make no sense. */
  open(bounds: ResolvedBounds, options: SpaceOptions): Space;
}

/** A model as something to explore, within these bounds unless told otherwise. */
export function explorable<S extends object, M, C, R>(
  model: ExploreModel<S, M, C, R>,
  bounds: Bounds = {},
): Explorable {
  // Fails early, where the bounds are written.
  resolveBounds(bounds);
  return {
    name: model.name,
    kind: 'actions' in model ? 'specification' : 'system',
    bounds,
    open(within, options): Space {
      if (!('actions' in model)) return new CoreSpace(model, within, options);
      if ((options.partialOrder ?? 'off') !== 'off')
        throw new PartialOrderError(model.name, 'what its actions read and write is known of cores only');
      return new SpecSpace(model, options);
    },
  };
}

/** Whether a value is a model, or one that `explorable` made; asked of what files export. */
export function isExplorable(value: unknown): value is Explorable {
  return typeof value === 'object' && value !== null && 'open' in value && typeof value.open === 'function';
}

/** Whether a value has the form of a model. */
export function isExploreModel(value: unknown): value is ExploreModel<object, unknown, unknown, unknown> {
  if (typeof value !== 'object' || value === null || !('name' in value)) return false;
  return ('actions' in value && 'init' in value) || ('nodes' in value && Array.isArray(value.nodes));
}
