import type { FaultKind, Stream } from '@holdfast/world';
import { ExperimentError } from '../experiment/errors.ts';
import type { FaultDraft, FaultPlanningContext, FaultSpec } from './spec.ts';

/** Which classes of fault a seed may draw from. Each seed uses a random subset of them (swarm testing), with random strengths. */
export interface SwarmOptions {
  readonly crashes?: boolean;
  readonly pauses?: boolean;
  readonly loss?: boolean;
  readonly duplication?: boolean;
  readonly reordering?: boolean;
  readonly slowLinks?: boolean;
  readonly clockSkew?: boolean;
  readonly partitions?: boolean;
  readonly slowDisks?: boolean;
  /** All servers lose power at once, and come back one after another. */
  readonly outages?: boolean;
  /** Restarted servers lose writes that were not synced yet, wholly or from some record on. */
  readonly lostWrites?: boolean;
  readonly slowProcessors?: boolean;
}

/** Chance that a seed uses a class that the options allow. */
const CLASS_SHARE = 0.5;

type Plan = (context: FaultPlanningContext) => FaultDraft[];

const CLASSES: Readonly<
  Record<keyof SwarmOptions, { readonly kinds: readonly FaultKind[]; readonly plan: Plan }>
> = {
  crashes: { kinds: ['crash'], plan: crashes },
  pauses: { kinds: ['pause'], plan: pauses },
  loss: { kinds: ['loss'], plan: (c) => packets(c, 'loss', 0.05, 0.5) },
  duplication: { kinds: ['duplicate'], plan: (c) => packets(c, 'duplicate', 0.1, 0.5) },
  reordering: { kinds: ['reorder'], plan: (c) => packets(c, 'reorder', 0.3, 0.8) },
  slowLinks: { kinds: ['slow-link'], plan: slowLinks },
  clockSkew: { kinds: ['clock-drift', 'clock-step'], plan: clockSkew },
  partitions: { kinds: ['partition', 'one-way', 'bridge'], plan: partitions },
  slowDisks: { kinds: ['disk-slow'], plan: slowDisks },
  outages: { kinds: ['crash'], plan: outages },
  lostWrites: { kinds: ['disk-lost-writes'], plan: lostWrites },
  slowProcessors: { kinds: ['slow-cpu'], plan: slowProcessors },
};

/** A mix of faults drawn anew for each seed. */
export function swarm(options: SwarmOptions): FaultSpec {
  const names = Object.keys(options) as (keyof SwarmOptions)[];
  const unknown = names.filter((name) => CLASSES[name] === undefined);
  if (unknown.length > 0) {
    throw new ExperimentError(
      'swarm',
      `has no class of fault called ${unknown.join(', ')}`,
      `choose among ${Object.keys(CLASSES).join(', ')}`,
    );
  }
  const chosen = (Object.keys(CLASSES) as (keyof SwarmOptions)[]).filter((name) => options[name] === true);
  return {
    name: `swarm of ${chosen.join(', ')}`,
    kinds: chosen.flatMap((name) => CLASSES[name].kinds),
    hosts: [],
    plan: (context) =>
      chosen.flatMap((name) =>
        context.choices.chance(CLASS_SHARE, `use ${name}`) ? CLASSES[name].plan(context) : [],
      ),
  };
}

interface Span {
  readonly atUs: number;
  readonly forUs: number;
}

/** Spans at random gaps up to `gapUs`, each lasting from `minUs` to `maxUs`, within the fault phase. */
function spans(context: FaultPlanningContext, gapUs: number, minUs: number, maxUs: number): Span[] {
  const { choices } = context;
  const result: Span[] = [];
  let atUs = context.fromUs;
  for (;;) {
    atUs += 1 + choices.below(gapUs, 'gap');
    const forUs = choices.between(minUs, maxUs, 'length');
    if (atUs + forUs >= context.untilUs) return result;
    result.push({ atUs, forUs });
  }
}

/** A server, or whoever leads when the fault strikes. */
function victim(context: FaultPlanningContext): string {
  const { choices, servers } = context;
  return choices.chance(0.3, 'at the leader') ? 'leader' : choices.pick(servers, 'victim');
}

function crashes(context: FaultPlanningContext): FaultDraft[] {
  const gap = context.choices.between(2_000_000, 20_000_000, 'crash gap');
  return spans(context, gap, 50_000, 4_000_000).map((span) => ({
    kind: 'crash',
    host: victim(context),
    ...span,
  }));
}

function pauses(context: FaultPlanningContext): FaultDraft[] {
  const gap = context.choices.between(2_000_000, 20_000_000, 'pause gap');
  return spans(context, gap, 20_000, 3_000_000).map((span) => ({
    kind: 'pause',
    host: victim(context),
    ...span,
  }));
}

function packets(
  context: FaultPlanningContext,
  kind: 'loss' | 'duplicate' | 'reorder',
  steady: number,
  burst: number,
): FaultDraft[] {
  const { choices } = context;
  const whole = { atUs: context.fromUs, forUs: context.untilUs - context.fromUs };
  const draft = (span: Span, most: number): FaultDraft => ({
    kind,
    hosts: [],
    probability: (1 + choices.below(1000, 'strength')) * (most / 1000),
    ...(kind === 'reorder' ? { holdUs: choices.between(1_000, 200_000, 'hold') } : {}),
    ...span,
  });
  if (choices.chance(0.5, 'steady')) return [draft(whole, steady)];
  return spans(context, 15_000_000, 100_000, 3_000_000).map((span) => draft(span, burst));
}

function slowLinks(context: FaultPlanningContext): FaultDraft[] {
  return spans(context, 15_000_000, 200_000, 5_000_000).map((span) => ({
    kind: 'slow-link',
    hosts: [victim(context)],
    amount: context.choices.between(2, 100, 'factor'),
    ...span,
  }));
}

function clockSkew(context: FaultPlanningContext): FaultDraft[] {
  const { choices } = context;
  const whole = { atUs: context.fromUs, forUs: context.untilUs - context.fromUs };
  const drifts = context.servers.map(
    (host): FaultDraft => ({ kind: 'clock-drift', host, amount: signed(choices, 500, 'drift'), ...whole }),
  );
  const steps = spans(context, 20_000_000, 0, 0).map(
    ({ atUs }): FaultDraft => ({
      kind: 'clock-step',
      host: choices.pick(context.servers, 'victim'),
      amount: signed(choices, 10_000_000, 'step'),
      atUs,
      forUs: 0,
    }),
  );
  return [...drifts, ...steps];
}

function signed(choices: Stream, most: number, label: string): number {
  const size = choices.between(0, most, label);
  return choices.chance(0.5, `${label} sign`) ? -size : size;
}

function partitions(context: FaultPlanningContext): FaultDraft[] {
  const gap = context.choices.between(3_000_000, 20_000_000, 'partition gap');
  return spans(context, gap, 200_000, 10_000_000).map((span) => ({ ...cutOf(context), ...span }));
}

type CutDraft =
  | { kind: 'partition'; groups: string[][]; unlisted: 'with-all' }
  | { kind: 'one-way'; from: string[]; to: string[] }
  | { kind: 'bridge'; left: string[]; right: string[] };

function cutOf(context: FaultPlanningContext): CutDraft {
  const { choices, servers, clients } = context;
  const shuffled = shuffle(servers, choices);
  const size = choices.between(1, Math.max(1, servers.length - 1), 'side');
  const left = shuffled.slice(0, size);
  const right = shuffled.slice(size);
  switch (choices.below(3, 'cut kind')) {
    case 1:
      return { kind: 'one-way', from: left, to: right };
    case 2:
      if (right.length > 1) return { kind: 'bridge', left, right: right.slice(1) };
      break;
  }
  const dealt = (side: number): string[] => clients.filter((_, i) => i % 2 === side);
  return {
    kind: 'partition',
    groups: [
      [...left, ...dealt(0)],
      [...right, ...dealt(1)],
    ],
    unlisted: 'with-all',
  };
}

function shuffle(items: readonly string[], choices: Stream): string[] {
  const result = [...items];
  for (let i = result.length - 1; i > 0; i--) {
    const j = choices.below(i + 1, 'shuffle');
    const item = result[i] as string;
    result[i] = result[j] as string;
    result[j] = item;
  }
  return result;
}

// A sync under way when everything heals still takes what it was drawn to take: its slow tail (50 ms) times this must
// stay well within any recovery time.
const MOST_DISK_SLOWDOWN = 40;

function slowDisks(context: FaultPlanningContext): FaultDraft[] {
  return spans(context, 15_000_000, 500_000, 5_000_000).map((span) => ({
    kind: 'disk-slow',
    host: victim(context),
    amount: context.choices.between(2, MOST_DISK_SLOWDOWN, 'factor'),
    ...span,
  }));
}

function lostWrites(context: FaultPlanningContext): FaultDraft[] {
  const whole = { atUs: context.fromUs, forUs: context.untilUs - context.fromUs };
  return context.servers.map((host) => ({ kind: 'disk-lost-writes', host, ...whole }));
}

function slowProcessors(context: FaultPlanningContext): FaultDraft[] {
  return spans(context, 15_000_000, 200_000, 4_000_000).map((span) => ({
    kind: 'slow-cpu',
    host: victim(context),
    costUs: context.choices.between(50, 3_000, 'cost'),
    ...span,
  }));
}

function outages(context: FaultPlanningContext): FaultDraft[] {
  return spans(context, 25_000_000, 20_000, 3_000_000).flatMap(({ atUs, forUs }) =>
    context.servers.map(
      (host): FaultDraft => ({
        kind: 'crash',
        host,
        atUs,
        forUs: context.choices.between(20_000, 20_000 + forUs, 'down'),
      }),
    ),
  );
}
