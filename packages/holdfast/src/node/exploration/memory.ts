import { freemem, totalmem } from 'node:os';

const MIB = 2 ** 20;

/**
 * How much memory an exploration may use unless told otherwise, bytes: three quarters of what is free now, at most half of what there is,
 * so that programs beside it, and those it starts, find room. A search that needs more stops in good order and can go on later.
 */
export function memoryByDefault(): number {
  return Math.max(256 * MIB, Math.floor(Math.min(freemem() * 0.75, totalmem() / 2)));
}
