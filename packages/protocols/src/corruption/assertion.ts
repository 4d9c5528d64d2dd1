/** Thrown by a node that finds itself in a state that cannot be: it stops, and is a crashed node, which the others know how to survive. */
export class CorruptStateError extends Error {
  readonly code = 'CORRUPT_STATE';
  readonly found: unknown;
  constructor(must: string, found: unknown) {
    super(
      `Cannot go on as ${must}: current value is ${JSON.stringify(found) ?? 'undefined'}; stop, and rebuild this node from the others`,
    );
    this.name = 'CorruptStateError';
    this.found = found;
  }
}

/** Stops the node unless what must hold does: a wrong answer is worse than none. Throws `CorruptStateError`. */
export function stopUnless(holds: boolean, must: string, found: unknown): void {
  if (!holds) throw new CorruptStateError(must, found);
}
