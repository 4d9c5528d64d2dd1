import type { BootProgram, Host, HostId, Program } from '@holdfast/world';
import assert from 'node:assert';
import events from 'node:events';
import path from 'node:path';
import querystring from 'node:querystring';
import stream from 'node:stream';
import streamPromises from 'node:stream/promises';
import { StringDecoder } from 'node:string_decoder';
import url from 'node:url';
import util from 'node:util';
import { drain } from './drain.ts';
import { Loader } from './loader.ts';
import { ProgramClock } from './modules/clock.ts';
import { globalsFor, type ProgramSettings, say } from './modules/globals.ts';
import { httpFor } from './modules/http.ts';
import { timerFunctions, Timers } from './modules/timers.ts';
import type { Segment } from './stream/segment.ts';
import { Stack } from './stream/stack.ts';

/** Of the program whose code runs now, or ran last: whatever fails outside of any call is its own. */
let onUncaught: (error: unknown) => void = () => undefined;

/** An exception or rejection that nobody caught: as in Node it ends the process, that of the program at work. */
export function uncaughtInProgram(error: unknown): void {
  onUncaught(error);
}

/** A whole Node program as the program of a host: its modules, timers, sockets and output live and die with the process. */
class NodeProgram implements Program {
  private readonly host: Host;
  private readonly incarnation: number;
  private readonly clock: ProgramClock;
  private readonly timers: Timers;
  private readonly stack: Stack;
  private readonly drains: boolean;

  constructor(host: Host, settings: ProgramSettings, drains: boolean) {
    this.host = host;
    this.incarnation = host.incarnation;
    this.drains = drains;
    this.clock = new ProgramClock(host);
    this.timers = new Timers(host, () => this.alive());
    this.stack = new Stack(host, this.timers, () => this.alive());
    const loader = this.loader(settings);
    this.run(() => void loader.load(settings.file));
  }

  onMessage(from: HostId, payload: unknown): void {
    this.run(() => this.stack.receive(from, payload as Segment));
  }

  onTimer(timer: unknown): void {
    this.run(() => this.timers.fire(timer as number));
  }

  onRefused(to: HostId, payload: unknown): void {
    this.run(() => this.stack.refused(to, payload as Segment));
  }

  afterEvent(): void {
    if (this.drains) drain();
  }

  uncaught(error: unknown): void {
    if (!this.alive()) return;
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    say(this.host, `uncaught ${text}`);
    this.host.world.crash(this.host, `uncaught ${text}`);
  }

  private alive(): boolean {
    return this.host.up && this.host.incarnation === this.incarnation;
  }

  private run(action: () => void): void {
    onUncaught = (error) => this.uncaught(error);
    this.clock.newEvent();
    try {
      action();
    } catch (error) {
      this.uncaught(error);
    }
  }

  private loader(settings: ProgramSettings): Loader {
    const { host, clock, timers, stack } = this;
    const { globals: timerGlobals, promises } = timerFunctions(timers);
    const globals = globalsFor(host, clock, settings, timerGlobals);
    const http = httpFor({
      stack,
      timers,
      address: Stack.addressOf(host.id),
      Date: globals['Date'] as DateConstructor,
    });
    const builtins = new Map<string, unknown>([
      ['assert', assert],
      ['assert/strict', assert.strict],
      ['buffer', { Buffer: globals['Buffer'] }],
      ['console', globals['console']],
      ['events', events],
      ['http', http],
      ['path', path],
      ['perf_hooks', { performance: globals['performance'] }],
      ['process', globals['process']],
      ['querystring', querystring],
      ['stream', stream],
      ['stream/promises', streamPromises],
      ['string_decoder', { StringDecoder }],
      ['timers', { ...timerGlobals, promises }],
      ['timers/promises', promises],
      ['url', url],
      ['util', util],
    ]);
    return new Loader(globals, builtins);
  }
}

/** Boots a Node program on a host; `drains` is false where the caller gives Node's own loop a turn after each event. */
export function nodeProgram(settings: ProgramSettings, drains: boolean): BootProgram {
  return (host) => new NodeProgram(host, settings, drains);
}
