/** Words before the vector of a state that waits: how long it is, low and high half of its hash. */
export const STATE_HEAD = 3;
