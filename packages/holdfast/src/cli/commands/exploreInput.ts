import {
  BoundsError,
  CheckpointError,
  CoreModelError,
  ImpureModelError,
  PartialOrderError,
  SearchOrderError,
  SpecError,
} from '@holdfast/explore';
import { InputError, messageOf, systemCode } from '../../node/inputError.ts';

/** Models that make no sense, or are no functions of their arguments, are input that cannot be used. */
export function asInput(error: unknown): unknown {
  const impure = error instanceof ImpureModelError || systemCode(error) === 'IMPURE_CORE';
  if (impure)
    return new InputError(messageOf(error), 'make it a function of its arguments', { cause: error });
  if (error instanceof CheckpointError)
    return new InputError(messageOf(error), 'give it what it was made with', { cause: error });
  if (error instanceof SearchOrderError)
    return new InputError(messageOf(error), 'leave --search out', { cause: error });
  if (error instanceof PartialOrderError)
    return new InputError(messageOf(error), 'leave --partial-order out', { cause: error });
  if (error instanceof BoundsError || error instanceof CoreModelError || error instanceof SpecError)
    return new InputError(messageOf(error), 'mend the model or its bounds', { cause: error });
  return error;
}
