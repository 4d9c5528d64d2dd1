import { commandKey } from '../byzantine/command.ts';
import { answerExecuted } from '../byzantine/desk.ts';
import { executeAt } from '../byzantine/execution.ts';
import { makeCheckpoint } from './checkpoints.ts';
import { armRequestTimer } from './patience.ts';
import type { PbftNode } from './state.ts';

/** Carries out what is decided, in order and without gaps, answers those who wait, and makes checkpoints. */
export function execute(node: PbftNode): void {
  const { config, machine, state, out } = node;
  const { execution } = state;
  for (;;) {
    const position = execution.executed + 1;
    const certificate = state.slots[position]?.committed;
    if (certificate === undefined || certificate === null) break;
    const { command } = certificate.prePrepare;
    // Broken twin: nobody remembers what was carried out.
    const remember = config.defect !== 'no-dedup';
    const commands = command === null ? [] : [command];
    for (const done of executeAt(execution, position, commands, machine, { remember })) {
      const { client, sequence } = done.command;
      if (done.fresh && done.result.ok) {
        out.note('executed', { position, client, sequence, value: done.result.value });
      }
    }
    progress(node);
    if (position % config.checkpointEvery === 0) makeCheckpoint(node);
  }
}

/** Something was carried out: answers what waited for it, and waits for what is left. */
export function progress(node: PbftNode): void {
  const { state, out } = node;
  state.attempts = 0;
  for (const command of answerExecuted(node)) {
    if (state.timedFor !== commandKey(command)) continue;
    state.timedFor = '';
    out.cancelTimer('request');
  }
  armRequestTimer(node);
}
