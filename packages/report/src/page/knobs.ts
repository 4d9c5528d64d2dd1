import type { RerunPlan } from '../rerun/data.ts';
import { addHostFault, editMessage, moveHost, retimeFault, withoutFault } from '../rerun/edits.ts';

/** What a reader can do to a run. */
export type Knob =
  | 'drop'
  | 'delay'
  | 'pause'
  | 'crash'
  | 'seed'
  | 'end'
  | 'retime'
  | 'remove'
  | 'side'
  | 'undo'
  | 'reset'
  | 'save'
  | 'print';

/** The values a change takes, as the reader has set them. */
export interface Knobs {
  /** A number field; NaN when it holds none. */
  readonly number: (name: string) => number;
  readonly text: (name: string) => string;
  /** The selected message, or -1. */
  readonly message: number;
  /** The selected message was sent after the runs part, in the other one. */
  readonly messageIsFromAnotherRun: boolean;
  /** The fault whose row was used, or -1. */
  readonly fault: number;
}

/** The plan after a change, or a sentence that says why there is none. */
export function changedPlan(
  plan: RerunPlan,
  knob: Exclude<Knob, 'undo' | 'reset' | 'save' | 'print' | 'seed'>,
  knobs: Knobs,
): RerunPlan | string {
  const us = (name: string): number => Math.round(knobs.number(name) * 1000);
  const wrong = (...names: string[]): boolean => names.some((name) => !(us(name) >= 0));
  switch (knob) {
    case 'drop':
    case 'delay': {
      if (knobs.message < 0) return 'Select a message first: click an arrow in the picture.';
      if (knobs.messageIsFromAnotherRun) {
        return 'This message was sent after the two runs part: select it in the other future.';
      }
      if (knob === 'drop') return editMessage(plan, knobs.message, { kind: 'drop' });
      if (wrong('delay')) return 'Give a delay of 0 ms or more.';
      return editMessage(plan, knobs.message, { kind: 'delay', byUs: us('delay') });
    }
    case 'pause':
    case 'crash':
      if (wrong('hostAt', 'hostFor')) return 'Give a time and a length of 0 ms or more.';
      return addHostFault(plan, knob, knobs.text('host'), us('hostAt'), us('hostFor'));
    case 'end':
      return us('end') > 0 ? { ...plan, endUs: us('end') } : 'Give an end after 0 ms.';
    case 'retime':
      if (wrong('at', 'for')) return 'Give a time and a length of 0 ms or more.';
      return retimeFault(plan, knobs.fault, us('at'), us('for'));
    case 'remove':
      return withoutFault(plan, knobs.fault);
    case 'side':
      return moveHost(plan, knobs.fault, knobs.text('host'), Number(knobs.text('side')));
  }
}
