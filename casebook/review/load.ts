import type { PlannedOperation, Workload } from 'holdfast';

/** One client's orders, so many ms apart. */
export function orders(everyMs = 30): Workload {
  const everyUs = everyMs * 1_000;
  return {
    name: 'orders',
    clients: 1,
    operations: ['order'],
    model: null,
    plan: ({ fromUs, untilUs }) =>
      Array.from({ length: Math.floor((untilUs - fromUs) / everyUs) }, (_, id): PlannedOperation => {
        return { id, atUs: fromUs + id * everyUs, client: 0, f: 'order', key: `order-${id}`, input: null };
      }),
  };
}
