import { readFileSync, writeFileSync } from 'node:fs';
import { encodePlain } from '@holdfast/plain';
import { expect } from 'vitest';
import type { CoreGroup, InFlight } from './coreGroup.ts';

/** A run of a group as text, one event a line: who does what, and where that leaves each node that took part. */
export class Transcript<S, M, C, R> {
  readonly lines: string[] = [];
  private readonly group: CoreGroup<S, M, C, R>;
  private readonly fields: readonly string[];

  /** `fields` of the view are shown. */
  constructor(group: CoreGroup<S, M, C, R>, fields: readonly string[]) {
    this.group = group;
    this.fields = fields;
  }

  /** A line of its own. */
  say(line: string): void {
    this.lines.push(line);
  }

  request(id: number, command: C): number {
    this.say(`${id} is asked ${encodePlain(command)}`);
    const request = this.group.request(id, command);
    this.show(id);
    return request;
  }

  fire(id: number, timer: string): void {
    this.say(`${id} waits no longer (${timer})`);
    this.group.fire(id, timer);
    this.show(id);
  }

  /** Delivers until nothing is left, oldest first. */
  settle(): void {
    for (let flying = this.group.flying.shift(); flying !== undefined; flying = this.group.flying.shift()) {
      this.deliver(flying);
    }
  }

  answer(request: number): void {
    this.say(`request ${request} is answered ${encodePlain(this.group.replies.get(request) ?? null)}`);
  }

  private deliver(flying: InFlight<M>): void {
    const { from, to, message } = flying;
    if (!this.group.isUp(to)) return;
    const shown = { ...(message as Record<string, unknown>) };
    delete shown['type'];
    this.say(`${from} -> ${to} ${this.group.core.messageType(message)} ${encodePlain(shown)}`);
    this.group.deliver(flying);
    this.show(to);
  }

  private show(id: number): void {
    const view = this.group.view(id);
    this.say(`    ${id}: ${this.fields.map((field) => `${field}=${view[field]}`).join(' ')}`);
  }
}

/** Compares lines with a file of `fixtures/transcripts`; `HOLDFAST_REWRITE=1` writes the file instead. */
export function expectTranscript(name: string, lines: readonly string[]): void {
  const path = new URL(`../../fixtures/transcripts/${name}.txt`, import.meta.url);
  const text = `${lines.join('\n')}\n`;
  if (process.env['HOLDFAST_REWRITE'] === '1') writeFileSync(path, text);
  expect(text).toBe(readFileSync(path, 'utf8'));
}
