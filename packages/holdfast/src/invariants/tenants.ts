import type { Plain } from '@holdfast/plain';
import type { PatternVerdict } from '../subjects/patterns/running.ts';

/** Data with the tenant it belongs to. The tag travels with it: into caches, through retries, into answers. */
export interface Tagged {
  readonly tenant: string;
  readonly value: Plain;
}

/** Something that was shown to a tenant. */
export interface Shown {
  readonly to: string;
  /** All that was shown: tags are found however deep they lie. */
  readonly answer: Plain;
  /** What was asked, and how, in words. */
  readonly where: string;
}

/** Data with its owner's tag. */
export function tagged(tenant: string, value: Plain): Plain {
  return { tenant, value };
}

/** The tags within any data, however deep; each once. */
export function tagsIn(data: Plain): string[] {
  const found = new Set<string>();
  const look = (part: Plain): void => {
    if (typeof part !== 'object' || part === null) return;
    if (!Array.isArray(part)) {
      const { tenant, value } = part as { readonly tenant?: Plain; readonly value?: Plain };
      if (typeof tenant === 'string' && value !== undefined) found.add(tenant);
    }
    for (const inner of Object.values(part)) look(inner as Plain);
  };
  look(data);
  return [...found];
}

/** Privacy: whatever is shown to a tenant carries no other tenant's tag. */
export function neverCrosses(promise: string, shown: readonly Shown[]): PatternVerdict {
  const examined = shown.length;
  const crossed = shown.flatMap(({ to, answer, where }) => {
    const other = tagsIn(answer).find((tenant) => tenant !== to);
    return other === undefined ? [] : [`${to} was shown data of ${other} (${where})`];
  });
  const [first] = crossed;
  if (first === undefined) return { promise, kept: true, reason: `${examined} answers`, examined };
  return { promise, kept: false, reason: `${first}; ${crossed.length} in all`, examined };
}
