import type { StreamConnection } from './connection.ts';
import type { StreamOptions } from './options.ts';

/** A port that takes connections: half-open ones in a backlog, finished handshakes in a queue until they are accepted. */
export class Listener {
  private readonly halfOpen = new Set<StreamConnection>();
  private readonly queue: StreamConnection[] = [];
  private readonly options: StreamOptions;
  private readonly arrived: (listener: Listener) => void;

  constructor(options: StreamOptions, arrived: (listener: Listener) => void) {
    this.options = options;
    this.arrived = arrived;
  }

  /** Whether a SYN that comes now is dropped: the backlog is full. */
  get isFull(): boolean {
    return this.halfOpen.size >= this.options.synBacklog;
  }

  /** Connections that wait to be accepted. */
  get waiting(): number {
    return this.queue.length;
  }

  /** Half-open connections. */
  get pending(): number {
    return this.halfOpen.size;
  }

  /** The oldest connection that waits; undefined when none does. */
  accept(): StreamConnection | undefined {
    return this.queue.shift();
  }

  begun(connection: StreamConnection): void {
    this.halfOpen.add(connection);
  }

  /** A handshake is finished: false when the queue has no room. */
  admit(connection: StreamConnection): boolean {
    if (this.queue.length >= this.options.acceptQueue) return false;
    this.halfOpen.delete(connection);
    this.queue.push(connection);
    this.arrived(this);
    return true;
  }

  forget(connection: StreamConnection): void {
    this.halfOpen.delete(connection);
    const at = this.queue.indexOf(connection);
    if (at >= 0) this.queue.splice(at, 1);
  }
}
