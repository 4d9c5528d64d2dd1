/** What the loop does with a popped event; the queue keeps it in `kind`. */

/** Nothing: the event was cancelled while it waited. */
export const CANCELLED = 0;
/** A message arrives at a host. */
export const DELIVER = 1;
/** A host's timer is due by the host's own clock. */
export const TIMER = 2;
/** Something a host asked for by true time: a disk or another device is done. */
export const HOST_CALL = 3;
/** Something that happens to the world itself: a fault, an arrival. */
export const WORLD_CALL = 4;
/** A host turns to the first of the events held back while it was busy or paused. Not an event of its own. */
export const WAKE = 5;
