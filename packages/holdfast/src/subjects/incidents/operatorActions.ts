import type { Experiment } from '../../experiment/experiment.ts';
import type { FaultDraft } from '../../faults/spec.ts';
import { canServe, Member, type MemberState, MEMBERS } from './fleet.ts';
import { incidentExperiment, regularly, type Step } from './incident.ts';
import { OPERATOR_GUARDS, OperatorDesk, type OperatorGuard } from './operator.ts';

/** What an operator does, each an event of the run. */
export type OperatorDay =
  | 'bad-config'
  | 'forced-promotion'
  | 'removal-while-one-is-down'
  | 'broken-deploy'
  | 'all-is-well';

/** What no action of an operator may break. */
export const OPERATOR_PROMISES = {
  served: 'users are served',
  one: 'no position is written by two primaries',
  writes: 'writes go on',
} as const;

/** Of all that is asked, so much must be answered: one member of three may fail for a while. */
const SERVED = 0.9;

const ask = (atMs: number, f: string, input: string | number): Step => {
  return { atMs, client: 3, f, key: 'operator', input };
};

const DAYS: Readonly<
  Record<OperatorDay, { readonly actions: readonly Step[]; readonly faults: readonly FaultDraft[] }>
> = {
  'bad-config': { actions: [ask(3_000, 'push-config', 0)], faults: [] },
  'forced-promotion': { actions: [ask(3_000, 'force-promote', 3)], faults: [] },
  'removal-while-one-is-down': {
    actions: [ask(3_000, 'remove-member', 3)],
    faults: [{ kind: 'crash', host: 'member-2', atUs: 2_000_000, forUs: 6_000_000 }],
  },
  'broken-deploy': { actions: [ask(3_000, 'deploy', 'v2-broken')], faults: [] },
  'all-is-well': {
    actions: [
      ask(1_500, 'push-config', 400),
      ask(2_500, 'deploy', 'v2'),
      ask(4_000, 'roll-back', ''),
      ask(5_000, 'remove-member', 3),
    ],
    faults: [],
  },
};

/** The day on which each guard is needed, and the promise that is broken without it. */
export const GUARDED_DAYS: Readonly<
  Record<OperatorGuard, { readonly day: OperatorDay; readonly breaks: string }>
> = {
  config: { day: 'bad-config', breaks: OPERATOR_PROMISES.served },
  promotion: { day: 'forced-promotion', breaks: OPERATOR_PROMISES.one },
  removal: { day: 'removal-while-one-is-down', breaks: OPERATOR_PROMISES.writes },
  stages: { day: 'broken-deploy', breaks: OPERATOR_PROMISES.served },
};

/** A day of an operator, with all guards or without one. Without `config` what is pushed goes to all at once, as what nobody checks does. */
export function operatorExperiment(day: OperatorDay, without: OperatorGuard | null): Experiment {
  const missing: readonly (OperatorGuard | null)[] = without === 'config' ? ['config', 'stages'] : [without];
  const guards = OPERATOR_GUARDS.filter((guard) => !missing.includes(guard));
  const { served, one, writes } = OPERATOR_PROMISES;
  const { actions, faults } = DAYS[day];
  return incidentExperiment({
    name: `operator-${day}${without === null ? '' : `-without-${without}`}`,
    nodes: ['control', ...MEMBERS.map((member) => `member-${member}`)],
    operations: ['get', 'put', 'push-config', 'force-promote', 'remove-member', 'deploy', 'roll-back'],
    clients: 4,
    asks: { entry: (client) => [client === 3 ? 'control' : `member-${client + 1}`], timeoutMs: 1_500 },
    program: (node) => (node.index === 0 ? new OperatorDesk(node, guards) : new Member(node)),
    steps: (choices) => [
      ...actions,
      ...regularly(choices, { fromMs: 500, untilMs: 7_500, everyMs: 60 }, (n) => {
        return { client: n % 3, f: 'get', key: 'any', input: null };
      }),
      // Users of two members write at one instant: those of the primary, and those of whoever is told to be one.
      ...regularly(choices, { fromMs: 600, untilMs: 7_500, everyMs: 150 }, (n) => {
        return { client: 0, f: 'put', key: `entry-0-${n}`, input: null };
      }).flatMap((step, n) => [step, { ...step, client: 2, key: `entry-2-${n}` }]),
    ],
    faults,
    promises: [served, one, writes],
    judge: ({ operations, effects, kept }) => {
      const isDown = (client: number): boolean => day === 'removal-while-one-is-down' && client === 1;
      const gets = operations.filter(({ f }) => f === 'get');
      const good = gets.filter(({ outcome }) => outcome === 'ok').length;
      const due = isDown(1) ? 0.6 : SERVED;
      const writers = new Map<string, Set<number>>();
      for (const { key, node } of effects.filter(({ what }) => what === 'writes'))
        writers.set(key, (writers.get(key) ?? new Set()).add(node));
      const twice = [...writers.values()].filter((nodes) => nodes.size > 1).length;
      const puts = operations.filter(
        ({ f, invokedAt, output }) => f === 'put' && invokedAt > 4_000_000 && output !== 'not the primary',
      );
      const written = puts.filter(({ outcome }) => outcome === 'ok').length;
      const unfit = kept.slice(1).filter((each) => !canServe(each['member'] as MemberState)).length;
      return [
        {
          promise: served,
          kept: good >= due * gets.length && unfit === 0,
          reason: `${good} of ${gets.length} reads were answered; ${unfit} members cannot serve in the end`,
          examined: gets.length,
        },
        {
          promise: one,
          kept: twice === 0,
          reason: `${twice} of ${writers.size} positions were written by two primaries`,
          examined: writers.size,
        },
        {
          promise: writes,
          kept: written > 0 && written >= 0.9 * puts.length,
          reason: `${written} of ${puts.length} writes were acknowledged after the operator had been there`,
          examined: puts.length,
        },
      ];
    },
    metrics: ({ effects }) => ({
      'operator actions': effects.filter(({ what }) => what === 'operator').length,
      'actions refused': effects.filter(({ what }) => what === 'refused').length,
      'rolled back': effects.filter(({ what }) => what === 'rolled back').length,
    }),
  });
}
