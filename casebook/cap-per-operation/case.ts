import { caseStudy, type RunResult } from 'holdfast';
import experiments from './experiment.ts';
import { matrix } from './matrix.ts';
import { type Class, classOf } from './model.ts';
import { acceptedAway, answered, askedInCut } from './seen.ts';

const accepted = (of: Class): string => `${of}: accepted in the other region, %`;
const HOME = 'all: accepted in the home region, %';
const CONFLICTS = 'strong: fields changed in both regions';
const LOST = 'merged: accepted edits lost';

function acceptedAtHome(result: RunResult): number {
  const asked = askedInCut(result, { side: 'home', isWrite: true });
  return (100 * answered(asked).length) / asked.length;
}

/** Strong fields for which both regions acknowledged a change while they could not reach each other. */
function conflicts(result: RunResult): number {
  const changed = (side: 'home' | 'away'): Set<string> => {
    const done = answered(askedInCut(result, { side, isWrite: true }));
    return new Set(done.map(({ key = '' }) => key).filter((key) => classOf(key) === 'strong'));
  };
  const away = changed('away');
  return [...changed('home')].filter((key) => away.has(key)).length;
}

/** Accepted edits that are gone in the end, as the monitor counted them. */
function lostEdits({ verdicts }: RunResult): number {
  const found = verdicts.find(({ promise }) => promise === 'no accepted edit is lost');
  return found?.status === 'violated' ? Number.parseInt(found.reason, 10) : 0;
}

/** A region that changed a strong field by itself, as its trace shows it. */
function decidedAlone({ trace, verdicts }: RunResult): string | undefined {
  const isBroken = verdicts.some(
    ({ promise, status }) => promise === 'linearizability' && status === 'violated',
  );
  const accepted = trace?.events.find(({ kind, label, data }) => {
    const { class: of } = (data ?? {}) as { readonly class?: string };
    return kind === 'note' && label === 'accepted' && of === 'strong';
  });
  if (!isBroken || accepted === undefined) return undefined;
  const { key } = accepted.data as { readonly key: string };
  return `${trace?.nodes[accepted.node]?.name} accepted a change of ${key} by itself, and the other region went on answering for ${key} without asking it`;
}

export default caseStudy({
  name: 'cap-per-operation',
  title: 'CAP during a real partition, operation by operation',
  scenario:
    'A profile service runs in two regions. While they cannot reach each other both can still serve users. Product asks to keep profile ' +
    'updates available everywhere, and that every read sees the latest write.',
  anchor: 'gilbert-lynch',
  capstone: 'operation-matrix',
  failureModel: [
    'For six seconds the regions {N1} and {N2} cannot reach each other; users reach their own region only, always.',
    'Messages are neither lost nor doubled otherwise; nobody crashes or lies.',
  ],
  picture: 'Both regions accept a change of the same permission, and each then shows its own.',
  mechanisms: ['logical clock', 'consensus', 'timeout'],
  guaranteed: [
    'Password, permission and billing profile: every region shows what the home region decided last.',
    'Bio and notification settings: no accepted edit is lost.',
    'All regions agree in the end.',
  ],
  bestEffort: [
    'Display name, avatar, preferences: always accepted; of two concurrent changes one wins.',
    'Strong fields away from home while cut off: refused, with a reason.',
  ],
  wrong: {
    belief: 'CAP says we picked AP, so stale or conflicting updates are fine everywhere.',
    breaks: 'linearizability',
    seen: decidedAlone,
  },
  better:
    'Each operation has a partition behaviour of its own: refuse, accept and let the later win, or accept and merge.',
  experiments,
  seeds: { first: 1, count: 40 },
  tradeoffs: {
    columns: [
      { name: accepted('strong'), combine: 'mean' },
      { name: accepted('degraded'), combine: 'mean' },
      { name: accepted('merged'), combine: 'mean' },
      { name: HOME, combine: 'mean' },
      { name: CONFLICTS, combine: 'max' },
      { name: LOST, combine: 'max' },
    ],
    choices: [
      {
        name: 'accept all writes in both regions',
        experiment: 'wrong',
        gain: 'everything is available',
        cost: 'conflicting permissions, lost edits',
      },
      {
        name: 'policy per operation',
        experiment: 'better',
        gain: 'each operation by its own risk',
        cost: 'more to design and to build',
      },
      {
        name: 'reject writes away from home',
        experiment: 'reject-writes',
        gain: 'one region decides on everything',
        cost: 'half of the users cannot save anything',
      },
      {
        name: 'read-only degraded mode',
        experiment: 'read-only',
        gain: 'simple, and safe',
        cost: 'nobody can save anything',
      },
    ],
    seeds: [1],
    trace: true,
    measure: (result) => ({
      [accepted('strong')]: acceptedAway(result, 'strong'),
      [accepted('degraded')]: acceptedAway(result, 'degraded'),
      [accepted('merged')]: acceptedAway(result, 'merged'),
      [HOME]: acceptedAtHome(result),
      [CONFLICTS]: conflicts(result),
      [LOST]: lostEdits(result),
    }),
    claims: [
      {
        sentence: 'only accepting everything lets both regions decide on a strong field, or loses an edit',
        holds: (rows) =>
          Object.entries(rows).every(
            ([name, row]) =>
              ((row[CONFLICTS] ?? 0) > 0 && (row[LOST] ?? 0) > 0) === name.startsWith('accept all'),
          ),
      },
      {
        sentence: 'a policy per operation refuses strong changes away from home and accepts all others',
        holds: (rows) => {
          const row = rows['policy per operation'];
          return (
            row?.[accepted('strong')] === 0 &&
            row[accepted('degraded')] === 100 &&
            row[accepted('merged')] === 100
          );
        },
      },
      {
        sentence: 'only read-only accepts nothing in the home region either',
        holds: (rows) =>
          Object.entries(rows).every(([name, row]) => (row[HOME] === 0) === name.startsWith('read-only')),
      },
    ],
  },
  documents: [matrix],
});
