import type { Host } from '@holdfast/world';
import { hashString } from '@holdfast/plain';
import { format } from 'node:util';
import { only, refusing } from '../unsupported.ts';
import { dateFor, hrtimeFor, type ProgramClock } from './clock.ts';

/** What a program is started with. */
export interface ProgramSettings {
  /** The CommonJS file to run, absolute. */
  readonly file: string;
  /** Default: nothing. */
  readonly env?: Readonly<Record<string, string>>;
  /** What follows the file's name in `process.argv`. */
  readonly args?: readonly string[];
}

/** Globals that neither know the world outside nor change it: the language itself and a few pure helpers. */
const PURE: ReadonlySet<string> = new Set(
  (
    'Object Function Array Number parseFloat parseInt Infinity NaN undefined Boolean String Symbol Promise RegExp Error ' +
    'AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError JSON ArrayBuffer Uint8Array Int8Array ' +
    'Uint16Array Int16Array Uint32Array Int32Array Float32Array Float64Array Uint8ClampedArray BigUint64Array BigInt64Array ' +
    'DataView Map BigInt Set WeakMap WeakSet Proxy Reflect decodeURI decodeURIComponent encodeURI encodeURIComponent escape ' +
    'unescape eval isFinite isNaN queueMicrotask structuredClone atob btoa URL URLSearchParams TextEncoder TextDecoder ' +
    'DOMException Iterator'
  ).split(' '),
);

/** Every global name a program's modules get as a parameter of their own: all that are not pure. */
export const SHADOWED: readonly string[] = [
  ...new Set([...Object.getOwnPropertyNames(globalThis), 'process', 'global', 'WebSocket', 'navigator']),
]
  .filter((name) => !PURE.has(name) && /^[A-Za-z_$][\w$]*$/.test(name))
  .sort();

/** The globals of one program, by name. What has no stand-in refuses when it is used. */
export function globalsFor(
  host: Host,
  clock: ProgramClock,
  settings: ProgramSettings,
  timers: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const own: Record<string, unknown> = {
    ...timers,
    Date: dateFor(clock),
    Math: mathFor(host),
    Intl: withoutClock(),
    Buffer: BUFFER,
    performance: only('performance', performance, {
      now: () => clock.runningUs() / 1000,
      timeOrigin: host.wallUs() / 1000,
    }),
    console: consoleFor(host),
    process: processFor(host, clock, settings),
  };
  const scope: Record<string, unknown> = {};
  for (const name of PURE) scope[name] = (globalThis as Record<string, unknown>)[name];
  for (const name of SHADOWED) scope[name] = Object.hasOwn(own, name) ? own[name] : refusing(name);
  scope['global'] = scope;
  scope['globalThis'] = scope;
  return scope;
}

function mathFor(host: Host): typeof Math {
  const own = Object.create(null) as typeof Math;
  Object.defineProperties(own, Object.getOwnPropertyDescriptors(Math));
  Object.defineProperty(own, 'random', { value: () => host.choices.fraction('Math.random') });
  return own;
}

/** Formatting the present moment would read the real clock. */
function withoutClock(): typeof Intl {
  return new Proxy(Intl, {
    get: (target, key): unknown =>
      key === 'DateTimeFormat' ? refusing('Intl.DateTimeFormat') : Reflect.get(target, key),
  });
}

/** Memory that was never written shows what other programs left in it: here it is always zero. */
export const BUFFER: typeof Buffer = new Proxy(Buffer, {
  get: (target, key): unknown =>
    key === 'allocUnsafe' || key === 'allocUnsafeSlow'
      ? (size: number) => Buffer.alloc(size)
      : Reflect.get(target, key),
});

function consoleFor(host: Host): object {
  const print = (...args: unknown[]): void => say(host, format(...args));
  return only('console', console, { log: print, info: print, debug: print, warn: print, error: print });
}

/** A line of output: in the trace as a note, and in the digest. */
export function say(host: Host, line: string): void {
  const { world } = host;
  world.digest.fold(hashString(`${host.name}: ${line}`));
  world.note(host.id, 'note', line, { cause: world.currentEvent });
}

function processFor(host: Host, clock: ProgramClock, settings: ProgramSettings): object {
  const { version, versions, arch, platform, release } = process;
  const stream = { write: (text: string) => (say(host, text.replace(/\n$/, '')), true), isTTY: false };
  return only('process', process, {
    nextTick: process.nextTick.bind(process),
    version,
    versions,
    arch,
    platform,
    release,
    env: { ...settings.env },
    argv: ['node', settings.file, ...(settings.args ?? [])],
    argv0: 'node',
    execArgv: [],
    pid: 1000 + host.id,
    title: 'node',
    exitCode: undefined,
    browser: undefined,
    cwd: () => '/',
    hrtime: hrtimeFor(clock),
    uptime: () => clock.runningUs() / 1e6,
    emitWarning: (warning: unknown) => say(host, `warning: ${String(warning)}`),
    stdout: stream,
    stderr: stream,
  });
}
