import type { Stream } from '../choices/stream.ts';
import { assertInRange, assertProbability, assertWhole, BadOptionError } from '../models/optionError.ts';
import { exponential, exponentialQuantile, normalQuantile } from './quantile.ts';

/** The longest delay a model may give: 71 minutes, so that every draw fits one 32-bit choice. */
export const MAX_LATENCY_US = 0xffff_fffe;

/** How deep `long-tail` models may nest. */
export const MAX_LATENCY_DEPTH = 4;

/** Always the same delay; draws nothing. */
export interface ConstantLatency {
  readonly kind: 'constant';
  readonly us: number;
}

/** Any delay in [minUs, maxUs] is as likely as another. */
export interface UniformLatency {
  readonly kind: 'uniform';
  readonly minUs: number;
  readonly maxUs: number;
}

/** `floorUs` plus an exponentially distributed part of mean `meanUs`, never above `capUs`. */
export interface ExponentialLatency {
  readonly kind: 'exponential';
  readonly floorUs: number;
  readonly meanUs: number;
  readonly capUs: number;
}

/** Half of the delays are below `medianUs`; 16 % are above `medianUs * e^sigma`; never above `capUs`. */
export interface LogNormalLatency {
  readonly kind: 'lognormal';
  readonly medianUs: number;
  readonly sigma: number;
  readonly capUs: number;
}

/** Mostly `body`, with `tailProbability` (such as 0.001) the slow `tail`, whose shortest delay is not below the body's. */
export interface LongTailLatency {
  readonly kind: 'long-tail';
  readonly body: LatencyModel;
  readonly tail: LatencyModel;
  readonly tailProbability: number;
}

/** How long something takes, as plain data. All times in whole microseconds, from 0 to `MAX_LATENCY_US`. */
export type LatencyModel =
  | ConstantLatency
  | UniformLatency
  | ExponentialLatency
  | LogNormalLatency
  | LongTailLatency;

/**
 * Draws one delay in whole microseconds, never negative. Answer 0 of every choice gives the shortest delay of the model.
 * The model must have passed `assertLatencyModel`. Allocates nothing.
 */
export function drawLatencyUs(model: LatencyModel, stream: Stream, label = 'latency'): number {
  switch (model.kind) {
    case 'constant':
      return model.us;
    case 'uniform':
      return stream.between(model.minUs, model.maxUs, label);
    case 'exponential': {
      const above = model.meanUs * exponentialQuantile(stream.below(0x1_0000_0000, label));
      return Math.min(model.capUs, model.floorUs + Math.floor(above));
    }
    case 'lognormal': {
      const z = normalQuantile(stream.below(0x1_0000_0000, label));
      return Math.min(model.capUs, Math.floor(model.medianUs * exponential(model.sigma * z)));
    }
    case 'long-tail': {
      const slow = stream.chance(model.tailProbability, `${label}-tail`);
      return drawLatencyUs(slow ? model.tail : model.body, stream, label);
    }
  }
}

/** The shortest delay a model can give: what it answers when every choice is 0. */
export function shortestLatencyUs(model: LatencyModel): number {
  switch (model.kind) {
    case 'constant':
      return model.us;
    case 'uniform':
      return model.minUs;
    case 'exponential':
      return Math.min(model.floorUs, model.capUs);
    case 'lognormal':
      return Math.min(model.capUs, Math.floor(model.medianUs * exponential(model.sigma * normalQuantile(0))));
    case 'long-tail':
      return shortestLatencyUs(model.tailProbability >= 1 ? model.tail : model.body);
  }
}

/** Throws `BadOptionError` naming the field unless every field is in its range. */
export function assertLatencyModel(model: LatencyModel, name = 'latency', depth = 0): void {
  switch (model.kind) {
    case 'constant':
      assertWhole(`${name}.us`, model.us, 0, MAX_LATENCY_US);
      return;
    case 'uniform':
      assertWhole(`${name}.minUs`, model.minUs, 0, MAX_LATENCY_US);
      assertWhole(`${name}.maxUs`, model.maxUs, model.minUs, MAX_LATENCY_US);
      return;
    case 'exponential':
      assertWhole(`${name}.capUs`, model.capUs, 0, MAX_LATENCY_US);
      assertWhole(`${name}.floorUs`, model.floorUs, 0, model.capUs);
      assertWhole(`${name}.meanUs`, model.meanUs, 0, MAX_LATENCY_US);
      return;
    case 'lognormal':
      assertWhole(`${name}.capUs`, model.capUs, 0, MAX_LATENCY_US);
      assertWhole(`${name}.medianUs`, model.medianUs, 0, model.capUs);
      assertInRange(`${name}.sigma`, model.sigma, 0, 5);
      return;
    case 'long-tail':
      if (depth >= MAX_LATENCY_DEPTH) {
        throw new BadOptionError(
          name,
          `nested ${depth + 1} deep`,
          `a model nested at most ${MAX_LATENCY_DEPTH} deep`,
        );
      }
      assertProbability(`${name}.tailProbability`, model.tailProbability);
      assertLatencyModel(model.body, `${name}.body`, depth + 1);
      assertLatencyModel(model.tail, `${name}.tail`, depth + 1);
      assertTailIsSlow(model, name);
      return;
    default:
      throw new BadOptionError(name, (model as { kind?: unknown }).kind, 'a known kind of latency model');
  }
}

function assertTailIsSlow(model: LongTailLatency, name: string): void {
  const [body, tail] = [shortestLatencyUs(model.body), shortestLatencyUs(model.tail)];
  if (tail < body)
    throw new BadOptionError(`${name}.tail`, `from ${tail} us`, `slow, from ${body} us or more`);
}
