import { TableFullError } from './segmentedTable.ts';

/** Whether an error says that there is no more room for a table. */
export function endOfMemory(error: unknown): boolean {
  if (error instanceof TableFullError) return true;
  return error instanceof RangeError && /allocation failed|typed array length/i.test(error.message);
}
