import { setFlagsFromString } from 'node:v8';

/**
 * How much bytecode V8 may copy into one optimised function, bytes; its own limit is 920. A run is one loop over many small functions:
 * with room for them the world's loop is about a quarter faster (`npm run bench -- world-loop`), and nothing else changes.
 */
export const INLINED_BYTECODE_BYTES = 3000;

/** Gives V8 that room in this process, its threads included. To be called before the first run; an engine without the limit ignores it. */
export function widenInlining(): void {
  setFlagsFromString(`--max-inlined-bytecode-size-cumulative=${INLINED_BYTECODE_BYTES}`);
}

/** Bytecodes that run between two thoughts of V8 about compiling; its own number is 67,584. */
const INTERRUPT_BUDGET_BYTES = 400_000;

/**
 * Has V8 compile in this process only what runs longer. Each thread compiles for itself, on the processors the others need: with two on two
 * cores a search of some seconds is a tenth sooner over, and a long one no later. An engine without the number ignores it.
 */
export function compileLater(): void {
  setFlagsFromString(`--interrupt-budget=${INTERRUPT_BUDGET_BYTES}`);
}
