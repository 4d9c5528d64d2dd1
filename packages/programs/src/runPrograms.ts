import {
  Choices,
  type FailureModel,
  type Fault,
  FaultInjector,
  type LinkPolicy,
  Recorder,
  World,
} from '@holdfast/world';
import type { Trace } from '@holdfast/trace';
import { type AsyncHook, createHook } from 'node:async_hooks';
import { canDrain } from './drain.ts';
import type { ProgramSettings } from './modules/globals.ts';
import { nodeProgram, uncaughtInProgram } from './nodeProgram.ts';
import { segmentBytes, segmentLabel } from './stream/segment.ts';

/** Node programs, the network between them, and what goes wrong. */
export interface ProgramRun {
  readonly seed: number;
  /** A host per program, by name; programs reach one another by these names. */
  readonly programs: Readonly<Record<string, ProgramSettings>>;
  readonly link: LinkPolicy;
  readonly faults?: readonly Fault[];
  /** Default: crashes with restarts, and every fault of the network. */
  readonly models?: readonly FailureModel[];
  readonly untilUs: number;
  /** How promises are drained. Default: within the turn where Node allows it, else one turn of Node's loop per event. */
  readonly draining?: 'in-turn' | 'turn-per-event';
  /** Name every real resource that programs opened behind the world's back. Slows promises; for the first seed. */
  readonly audit?: boolean;
}

/** What became of a run. */
export interface ProgramOutcome {
  /** Sixteen hexadecimal digits over every event, every byte sent and every line printed. */
  readonly digest: string;
  readonly trace: Trace;
  readonly events: number;
  /** Per host, the lines its program printed, over all its incarnations. */
  readonly output: Readonly<Record<string, readonly string[]>>;
  /** With `audit`: kinds of asynchronous resource that are not simulated; should be empty. */
  readonly escapes: readonly string[];
}

/** Resources that exist only in memory and finish within the event that made them. */
const HARMLESS: ReadonlySet<string> = new Set([
  'PROMISE',
  'TickObject',
  'Microtask',
  'HTTPINCOMINGMESSAGE',
  'HTTPCLIENTREQUEST',
]);

let running = false;

/**
 * Runs whole Node programs in a world of their own. One run at a time in a process; rejects for a plan that cannot be carried out.
 */
export function runPrograms(options: ProgramRun): Promise<ProgramOutcome> {
  // From a turn of Node's own loop: inside a promise reaction (the top level of an ES module is one) nothing can be drained.
  return new Promise((resolve, reject) => {
    setImmediate(() => {
      if (running) {
        reject(new Error('Cannot start a run of programs as another one is under way: await that one first'));
        return;
      }
      running = true;
      const inTurn = options.draining !== 'turn-per-event' && canDrain();
      const audit = auditOf(inTurn);
      const close = guard();
      const end = (finish: () => void): void => {
        audit.hook.disable();
        close();
        running = false;
        // Node leaves an immediate behind for each exception nobody caught: let it go first.
        setImmediate(finish);
      };
      try {
        const recorder = new Recorder();
        const world = worldOf(options, recorder, inTurn);
        if (options.audit === true) audit.hook.enable();
        const done = (): void => resolve(outcomeOf(options, world, recorder, audit.escapes));
        const failed = (error: Error): void => end(() => reject(error));
        advance(world, options.untilUs, inTurn, () => end(done), failed);
      } catch (error) {
        end(() => reject(error as Error));
      }
    });
  });
}

function auditOf(inTurn: boolean): { readonly hook: AsyncHook; readonly escapes: Set<string> } {
  const escapes = new Set<string>();
  const init = (_id: number, type: string): void => {
    if (type === 'Immediate' && (!inTurn || forgiven-- > 0)) return;
    if (!HARMLESS.has(type)) escapes.add(type);
  };
  return { hook: createHook({ init }), escapes };
}

function worldOf(options: ProgramRun, recorder: Recorder, inTurn: boolean): World {
  const names = Object.keys(options.programs);
  const world = new World({
    choices: new Choices({ seed: options.seed }),
    hosts: names,
    link: options.link,
    recorder,
    sizeOf: segmentBytes,
    messageLabel: segmentLabel,
  });
  new FaultInjector(world, { models: options.models ?? ['omission', 'timing'] }).schedule(
    options.faults ?? [],
  );
  names.forEach((name, id) => {
    const settings = options.programs[name] as ProgramSettings;
    // Each start is an event of its own, so that it is drained before anything else happens.
    world.at(0, `start ${name}`, () => void world.start(id, nodeProgram(settings, inTurn)));
  });
  return world;
}

/** Runs the world to its end: at one go, or with a turn of Node's loop after each event. */
function advance(
  world: World,
  untilUs: number,
  inTurn: boolean,
  done: () => void,
  failed: (error: Error) => void,
): void {
  if (!inTurn) world.observe(() => world.stop());
  const turn = (): void => {
    const last = inTurn || world.nextEventUs() > untilUs;
    try {
      world.run(untilUs);
    } catch (error) {
      failed(error as Error);
      return;
    }
    if (last) done();
    else setImmediate(turn);
  };
  turn();
}

/** Immediates of Node's own that are still to come: one for each exception nobody caught. */
let forgiven = 0;

function onUncaught(error: unknown): void {
  forgiven++;
  uncaughtInProgram(error);
}

/** While a run lasts, what nobody caught belongs to the program at work; returns how to end that. */
function guard(): () => void {
  forgiven = 0;
  process.on('uncaughtException', onUncaught);
  process.on('unhandledRejection', uncaughtInProgram);
  return () => {
    process.off('uncaughtException', onUncaught);
    process.off('unhandledRejection', uncaughtInProgram);
  };
}

function outcomeOf(
  options: ProgramRun,
  world: World,
  recorder: Recorder,
  escapes: Set<string>,
): ProgramOutcome {
  const names = Object.keys(options.programs);
  const trace = recorder.finish(
    names.map((name) => ({ name, role: 'server' })),
    world.nowUs,
  );
  const notes = trace.events.filter((event) => event.kind === 'note');
  const lines = (id: number): string[] => notes.filter((note) => note.node === id).map((note) => note.label);
  return {
    digest: world.digest.text(),
    trace,
    events: world.eventsHandled,
    output: Object.fromEntries(names.map((name, id) => [name, lines(id)])),
    escapes: [...escapes].sort((a, b) => (a < b ? -1 : 1)),
  };
}
