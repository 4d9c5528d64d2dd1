import { linkPolicy } from '@holdfast/world';
import { ExperimentError } from '../../experiment/errors.ts';
import type { Subject } from '../../experiment/subject.ts';
import type { PlannedOperation, Workload } from '../../experiment/workload.ts';
import type { EditorMessage } from './replica.ts';
import { CONFLICT_RULES, type ConflictRule } from './rules.ts';
import { EDITOR_PROMISES, RunningEditor } from './running.ts';

/** A collaborative editor with a replica in each region. */
export interface EditorOptions {
  /** Regions, 2 to 100: hosts N1, N2, ... The users of client Ci are near region i. */
  readonly regions: number;
  /** How replicas decide between edits of one field. */
  readonly rule: ConflictRule;
  /** A broken twin: `deaf-clocks` takes no notice of the stamps that come with messages. */
  readonly defect?: 'deaf-clocks';
}

/** Most regions. */
const MAX_REGIONS = 100;

/** An editor whose replicas take edits at once and tell each other of them. Throws `ExperimentError`. */
export function editor(options: EditorOptions): Subject {
  const { regions, rule } = options;
  if (!Number.isInteger(regions) || regions < 2 || regions > MAX_REGIONS) {
    const problem = `must be a whole number from 2 to ${MAX_REGIONS}: current value is ${regions}`;
    throw new ExperimentError('editor.regions', problem, 'choose a number');
  }
  if (!CONFLICT_RULES.includes(rule)) {
    const problem = `is unknown: current value is '${String(rule)}'`;
    throw new ExperimentError('editor.rule', problem, `choose one of ${CONFLICT_RULES.join(', ')}`);
  }
  return {
    name: `editor in ${regions} regions (${rule}${options.defect === undefined ? '' : `, ${options.defect}`})`,
    nodes: Array.from({ length: regions }, (_, i) => `N${i + 1}`),
    failureModels: ['omission', 'timing'],
    operations: ['save', 'open'],
    promises: EDITOR_PROMISES,
    link: linkPolicy({ latency: { kind: 'uniform', minUs: 10_000, maxUs: 60_000 } }),
    messageLabel: (payload) => {
      const message = payload as EditorMessage;
      return message.kind === 'edit' ? `edit ${message.id}` : message.kind;
    },
    start: (context) => new RunningEditor(context, options),
  };
}

/** Users who edit fields and open them again. */
export interface EditsOptions {
  readonly clients: number;
  readonly fields: number;
  readonly ratePerSecond: number;
}

/** Edits in an open loop; once everything has healed every field is opened everywhere. */
export function edits({ clients, fields, ratePerSecond }: EditsOptions): Workload {
  return {
    name: 'edits',
    clients,
    operations: ['save', 'open'],
    model: null,
    plan: ({ choices, fromUs, untilUs, finalUntilUs }) => {
      const planned: PlannedOperation[] = [];
      const halfGapUs = Math.max(1, Math.round(500_000 / ratePerSecond));
      for (let atUs = fromUs; ; ) {
        // A sum of four uniform draws: irregular arrivals with the right mean from integer arithmetic alone.
        for (let i = 0; i < 4; i++) atUs += choices.below(halfGapUs, 'gap');
        if (++atUs >= untilUs) break;
        const id = planned.length;
        const key = `f${choices.below(fields, 'field') + 1}`;
        planned.push({ id, atUs, client: choices.below(clients, 'client'), f: 'save', key, input: id + 1 });
      }
      const gapUs = Math.floor((finalUntilUs - untilUs) / (fields * clients + 1));
      for (let i = 0; i < fields * clients; i++) {
        const key = `f${(i % fields) + 1}`;
        const atUs = untilUs + gapUs * (i + 1);
        planned.push({
          id: planned.length,
          atUs,
          client: Math.floor(i / fields),
          f: 'open',
          key,
          input: null,
        });
      }
      return planned;
    },
  };
}
