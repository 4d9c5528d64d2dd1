import type { Host } from './host.ts';

/** Index of a host in its world, from 0 in order of creation. */
export type HostId = number;

/**
 * What runs on a host: a protocol core's driver, a client, or a whole Node program. A program acts only when one of these is
 * called, and only through its `Host`. It is dropped, without a call, when its host crashes.
 */
export interface Program {
  onMessage(from: HostId, payload: unknown, channel: number): void;
  /** A timer set with `host.setTimer` is due by the host's own monotonic clock. */
  onTimer(timer: unknown): void;
  /** A message came back: the other end refuses the connection (a link with `answer: 'refuse'`). */
  onRefused?(to: HostId, payload: unknown): void;
  /**
   * Called after each event on the host, before anything else happens in the world: the place to drain promise
   * reactions, flush what the event produced, or report a changed state to observers.
   */
  afterEvent?(): void;
}

/** Starts a program on a host: at creation, and again after each crash (`host.incarnation` tells which). */
export type BootProgram = (host: Host) => Program;

/** A hook that may rewrite what a Byzantine host sends: return the payloads to send instead, none to stay silent. */
export type Rewrite = (to: HostId, payload: unknown) => readonly unknown[];
