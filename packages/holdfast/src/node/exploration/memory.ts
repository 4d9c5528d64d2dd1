import { freemem, totalmem } from 'node:os';
import { getHeapStatistics } from 'node:v8';

const MIB = 2 ** 20;

/**
 * How much memory an exploration may use unless told otherwise, bytes: three quarters of what is free now, at most half of what there is,
 * so that programs beside it, and those it starts, find room. A search that needs more stops in good order and can go on later.
 */
export function memoryByDefault(): number {
  return Math.max(256 * MIB, Math.floor(Math.min(freemem() * 0.75, totalmem() / 2)));
}

/** A thread whose heap is fuller than this share of what Node lets it be stops while it still can. */
const FULLEST_HEAP = 0.75;
/** Of the limit so much is for young objects, where what lasts finds no room: 48 MiB in Node 20 (V8 11), 192 in Node 24; at least that is left. */
const YOUNG: number = (Number.parseInt(process.versions.v8, 10) > 11 ? 192 : 48) * MIB;

/** Whether this thread's heap, which tables and states are no part of, is nearly full: beyond it Node ends the thread. */
export function heapIsShort(): boolean {
  const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
  return used > (limit - YOUNG) * FULLEST_HEAP;
}
