import type { OrderGoal } from './orderSearch.ts';
import {
  type CyclePattern,
  type ModelDefinition,
  TRANSACTION_MODELS,
  type TransactionModel,
} from './models.ts';

/** How to decide a model for registers, whose order of versions nobody knows. */
export type RegisterMethod =
  /** Any order of versions will do; only single reads can be wrong. */
  | { readonly by: 'nothing' }
  /** Reads-from and the model's orders must not form a cycle. */
  | { readonly by: 'certain' }
  /** Orders forced by what transactions see of those they read from. */
  | { readonly by: 'sources'; readonly visibility: 'from the read on' | 'throughout' }
  /** Orders forced by causal pasts. */
  | { readonly by: 'causal past' }
  /** An order of versions must be searched. */
  | { readonly by: 'search'; readonly goal: OrderGoal };

/** The strongest pattern a model forbids. */
export function strongestPattern(definition: ModelDefinition): CyclePattern {
  return definition.forbids.at(-1) as CyclePattern;
}

/** The method for a model. */
export function registerMethod(model: TransactionModel): RegisterMethod {
  const definition = TRANSACTION_MODELS[model];
  switch (strongestPattern(definition)) {
    case 'G0':
      return { by: 'nothing' };
    case 'G1c':
      return { by: 'certain' };
    case 'observed-vanished':
      return { by: 'sources', visibility: 'from the read on' };
    case 'fractured-read':
      return { by: 'sources', visibility: 'throughout' };
    case 'G-causal':
      return { by: 'causal past' };
    default: {
      const goal = searchGoal(definition);
      return goal === undefined ? { by: 'nothing' } : { by: 'search', goal };
    }
  }
}

/**
 * What an order of versions must reach for a model, where it matters which of several possible orders is taken.
 * Undefined for models that any order consistent with the certain dependencies satisfies as well as any other.
 */
export function searchGoal(definition: ModelDefinition): OrderGoal | undefined {
  const { order: level } = definition;
  const pattern = strongestPattern(definition);
  switch (pattern) {
    case 'G-nonadjacent':
      return { layout: 'snapshot', level, patterns: [] };
    case 'G-prefix':
      return { layout: 'prefix', level, patterns: [] };
    case 'G-single':
    case 'G-monotonic':
    case 'lost-update':
      return { layout: 'data', level, patterns: [pattern] };
    case 'G-update':
      return { layout: 'updates', level, patterns: [pattern] };
    case 'G2-item':
      return { layout: 'serial', level, patterns: [] };
    case 'G0':
    case 'G1c':
    case 'observed-vanished':
    case 'fractured-read':
    case 'G-causal':
      return undefined;
  }
}
