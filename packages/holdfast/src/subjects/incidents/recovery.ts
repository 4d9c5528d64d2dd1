import type { Experiment } from '../../experiment/experiment.ts';
import type { SketchAnswer, SketchNode, SketchProgram, SketchRequest, SketchRun } from '../sketch/options.ts';
import { incidentExperiment, regularly } from './incident.ts';

/** What a service needs to come back: its settings from somebody else each time, or what it knew last. */
export type StartsFrom = 'settings-service' | 'last-known-settings';

/** What must be so although a dependency is down. */
export const COMES_BACK = 'it serves again within half a second of its restart';

const SETTINGS = 1;
const AGAIN_MS = 100;
const RESTART = { atUs: 3_000_000, forUs: 200_000 } as const;
const WITHIN_US = 500_000;

class Service implements SketchProgram {
  private readonly node: SketchNode;
  private settings: number | null;

  constructor(node: SketchNode, from: StartsFrom) {
    this.node = node;
    this.settings =
      from === 'last-known-settings' ? ((node.kept['settings'] as number | undefined) ?? null) : null;
    this.ask();
  }

  request(_request: SketchRequest, answer: (answer: SketchAnswer) => void): void {
    if (this.settings === null) answer({ outcome: 'fail', output: 'no settings yet' });
    else answer({ outcome: 'ok', output: this.settings });
  }

  message(_from: number, message: { readonly [field: string]: unknown }): void {
    this.settings = Number(message['value']);
    this.node.kept['settings'] = this.settings;
    this.node.timer('ask', AGAIN_MS);
  }

  timer(): void {
    this.ask();
  }

  private ask(): void {
    this.node.send(SETTINGS, { type: 'settings?' });
    this.node.timer('ask', AGAIN_MS);
  }
}

/** Time from the restart to the first answer, microseconds. */
function awayUs({ operations }: Pick<SketchRun, 'operations'>): number {
  const upUs = RESTART.atUs + RESTART.forUs;
  const first = operations.find(({ outcome, invokedAt }) => outcome === 'ok' && invokedAt >= upUs);
  return (first?.completedAt ?? Number.POSITIVE_INFINITY) - upUs;
}

/** A recovery path that must not need everything to work: a service restarts while what it takes its settings from is down for four seconds. */
export function recoveryExperiment(from: StartsFrom, isDependencyDown = true): Experiment {
  return incidentExperiment({
    name: `recovery-from-${from}${isDependencyDown ? '' : '-while-it-is-up'}`,
    nodes: ['service', 'settings'],
    operations: ['ask'],
    clients: 1,
    asks: { timeoutMs: 150 },
    program: (node) =>
      node.index === SETTINGS
        ? { message: (asker) => node.send(asker, { type: 'settings', value: 7 }) }
        : new Service(node, from),
    steps: (choices) =>
      regularly(choices, { fromMs: 500, untilMs: 8_000, everyMs: 50 }, (n) => {
        return { client: 0, f: 'ask', key: `${n}`, input: null };
      }),
    faults: [
      ...(isDependencyDown
        ? [{ kind: 'crash' as const, host: 'settings', atUs: 2_000_000, forUs: 4_000_000 }]
        : []),
      { kind: 'crash', host: 'service', ...RESTART },
    ],
    promises: [COMES_BACK],
    judge: (run) => {
      const us = awayUs(run);
      const reason = `it answered ${(us / 1_000).toFixed(0)} ms after its restart, ${WITHIN_US / 1_000} ms may pass`;
      return [{ promise: COMES_BACK, kept: us <= WITHIN_US, reason, examined: run.operations.length }];
    },
  });
}
