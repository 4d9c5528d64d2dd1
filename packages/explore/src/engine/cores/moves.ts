/** What a step of the system is; the first word of its recipe. The second says about what, the third is the node's row. */
export const MOVES = { own: 0, deliver: 1, drop: 2, duplicate: 3, request: 4 } as const;

/** A request's second word: the client times this, plus the position among its targets. */
export const ASKS = 1024;
