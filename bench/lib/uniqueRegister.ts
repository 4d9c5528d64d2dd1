import type { History, Operation } from '@holdfast/check';

/** Ten clients in turn, half reads, half writes of values never written twice; as the peer generates it. */
export function uniqueRegister(operations: number): History {
  const CLIENTS = 10;
  const list: Operation[] = [];
  let value: number | null = null;
  for (let i = 0; i < operations; i++) {
    const isWrite = (i * 7) % 16 < 8;
    if (isWrite) value = i;
    list.push({
      id: i,
      process: i % CLIENTS,
      f: isWrite ? 'write' : 'read',
      input: isWrite ? i : null,
      outcome: 'ok',
      output: isWrite ? null : value,
      invokedAt: 2 * i,
      completedAt: 2 * (i + CLIENTS) - 1,
    });
  }
  return { operations: list, timeUnit: 'index' };
}
