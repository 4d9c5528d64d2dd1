import type { Host, TimerHandle } from '@holdfast/world';
import { promisify } from 'node:util';
import { UnsupportedError } from '../unsupported.ts';

/** The longest delay Node takes; what lies outside of 1 to this is 1. */
const LONGEST_MS = 2_147_483_647;

type Callback = (...args: never[]) => unknown;

interface Pending {
  readonly callback: () => void;
  readonly handle: TimerHandle;
}

/** The timers of one running program, on its host's monotonic clock. Gone with the process. */
export class Timers {
  private readonly host: Host;
  private readonly alive: () => boolean;
  private readonly pending = new Map<number, Pending>();
  private nextId = 1;

  constructor(host: Host, alive: () => boolean) {
    this.host = host;
    this.alive = alive;
  }

  /** Calls back after so many milliseconds as Node counts them; the result is for `clear`. */
  set(callback: Callback, ms: unknown, args: readonly unknown[]): number {
    const delay = Number(ms);
    const whole = delay >= 1 && delay <= LONGEST_MS ? Math.trunc(delay) : 1;
    return this.setUs(() => void callback(...(args as never[])), whole * 1000);
  }

  /** Calls back after so many microseconds. */
  setUs(callback: () => void, delayUs: number): number {
    const id = this.nextId++;
    if (this.alive()) this.pending.set(id, { callback, handle: this.host.setTimer(delayUs, id) });
    return id;
  }

  /** Nothing for what is no timer, or one that has fired. */
  clear(id: unknown): void {
    const pending = this.pending.get(Number(id));
    if (pending === undefined) return;
    this.pending.delete(Number(id));
    this.host.cancelTimer(pending.handle);
  }

  /** A timer is due. */
  fire(id: number): void {
    const pending = this.pending.get(id);
    this.pending.delete(id);
    pending?.callback();
  }
}

/** What `setTimeout` and `setInterval` give: Node's `Timeout`, as far as programs use it. */
class Timeout {
  private readonly timers: Timers;
  private readonly callback: Callback;
  private readonly ms: unknown;
  private readonly args: readonly unknown[];
  private readonly repeats: boolean;
  private referenced = true;
  private closed = false;
  private id = 0;

  constructor(timers: Timers, callback: Callback, ms: unknown, args: readonly unknown[], repeats: boolean) {
    if (typeof callback !== 'function') {
      const code = 'ERR_INVALID_ARG_TYPE';
      throw Object.assign(new TypeError('The "callback" argument must be of type function'), { code });
    }
    this.timers = timers;
    this.callback = callback;
    this.ms = ms;
    this.args = args;
    this.repeats = repeats;
    this.refresh();
  }

  refresh(): this {
    if (this.closed) return this;
    this.timers.clear(this.id);
    this.id = this.timers.set(() => this.due(), this.ms, []);
    return this;
  }

  close(): this {
    this.closed = true;
    this.timers.clear(this.id);
    return this;
  }

  // A program does not end here by having nothing left to do.
  ref(): this {
    this.referenced = true;
    return this;
  }
  unref(): this {
    this.referenced = false;
    return this;
  }
  hasRef(): boolean {
    return this.referenced;
  }
  [Symbol.toPrimitive](): number {
    return this.id;
  }

  private due(): void {
    const { id } = this;
    this.callback(...(this.args as never[]));
    if (this.repeats && id === this.id) this.refresh();
  }
}

interface Options {
  readonly signal?: unknown;
}

function refuseSignal(name: string, options: Options | undefined): void {
  if (options?.signal !== undefined) throw new UnsupportedError(`timers/promises.${name} with a signal`);
}

/** The functions of `node:timers`, which are also globals, and those of `node:timers/promises`. */
export interface TimerFunctions {
  readonly globals: Readonly<Record<string, unknown>>;
  readonly promises: Readonly<Record<string, unknown>>;
}

/** Makes them for one program. */
export function timerFunctions(timers: Timers): TimerFunctions {
  const clear = (timer: unknown): void => {
    if (timer instanceof Timeout) timer.close();
    else if (timer !== undefined && timer !== null) timers.clear(timer);
  };
  const make =
    (repeats: boolean) =>
    (callback: Callback, ms?: unknown, ...args: unknown[]): Timeout =>
      new Timeout(timers, callback, ms, args, repeats);
  const setImmediate = (callback: Callback, ...args: unknown[]): number =>
    timers.setUs(() => void callback(...(args as never[])), 0);
  const promises = {
    setTimeout: (ms?: unknown, value?: unknown, options?: Options): Promise<unknown> => {
      refuseSignal('setTimeout', options);
      return new Promise((resolve) => timers.set(() => resolve(value), ms, []));
    },
    setImmediate: (value?: unknown, options?: Options): Promise<unknown> => {
      refuseSignal('setImmediate', options);
      return new Promise((resolve) => timers.setUs(() => resolve(value), 0));
    },
  };
  const globals = {
    setTimeout: Object.assign(make(false), { [promisify.custom]: promises.setTimeout }),
    setInterval: make(true),
    setImmediate: Object.assign(setImmediate, { [promisify.custom]: promises.setImmediate }),
    clearTimeout: clear,
    clearInterval: clear,
    clearImmediate: clear,
  };
  return { globals, promises };
}
