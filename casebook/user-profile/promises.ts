import {
  type Allocation,
  checkLinearizable,
  type LWWWrite,
  neverGoesBack,
  neverOversold,
  type PatternVerdict,
  registerModel,
  type Sighting,
  type SketchRun,
} from 'holdfast';
import { ACCOUNT, type Account, NEW, type Policy, REGIONS } from './fields.ts';
import { storeOf } from './region.ts';

export const SAME_NAME = 'every region shows the name that was written last';
export const UNIQUE = 'an address belongs to one account';
export const CHOICES = 'no choice about marketing is lost';
export const GONE = 'what is deleted stays deleted';
export const LATEST = 'security settings are the latest ones, everywhere';
export const PROMISES = [SAME_NAME, UNIQUE, CHOICES, GONE, LATEST] as const;

type Operation = SketchRun['operations'][number];

const done = ({ operations }: SketchRun, f: string): Operation[] =>
  operations.filter((each) => each.f === f && each.outcome === 'ok');

const accountOf = ({ key = '' }: Operation): string => key.split('/')[0] ?? '';

/** What each region has of an account in the end. */
function ends({ kept }: SketchRun, account: string): Account[] {
  return REGIONS.map((_, i) => storeOf(kept[i] ?? {}).accounts[account] ?? NEW);
}

function judged(promise: string, breaches: readonly string[], examined: number): PatternVerdict {
  const [first] = breaches;
  if (first === undefined) return { promise, kept: true, reason: `${examined} looked at`, examined };
  return { promise, kept: false, reason: `${first}; ${breaches.length} in all`, examined };
}

/** Of all names that any region took, the one with the last stamp must be there in every region. */
function names(run: SketchRun): PatternVerdict {
  const taken = new Map<string, LWWWrite>();
  for (const { what, key, data } of run.effects) {
    if (what !== 'name') continue;
    const [write, last] = [data as never as LWWWrite, taken.get(key)];
    const isLater =
      last === undefined || write.time > last.time || (write.time === last.time && write.actor > last.actor);
    if (isLater) taken.set(key, write);
  }
  const breaches = [...taken].flatMap(([account, { value }]) => {
    const all = ends(run, account);
    const other = all.findIndex(({ deleted, fields }) => !deleted && fields['name']?.write?.value !== value);
    if (other < 0) return [];
    const shown = JSON.stringify(all[other]?.fields['name']?.write?.value ?? null);
    return [
      `${account} is ${shown} in the ${REGIONS[other]} region, and ${JSON.stringify(value)} was written last`,
    ];
  });
  return judged(SAME_NAME, breaches, taken.size);
}

/** Accounts that somebody asked to be deleted: whether or not it was heard that they are. */
function maybeDeleted({ operations }: SketchRun): Set<string> {
  return new Set(operations.filter(({ f }) => f === 'delete').map(accountOf));
}

/** Each choice is made once: what was acknowledged must stand in every region. */
function choices(run: SketchRun, { marketing }: Policy): PatternVerdict {
  const deleted = maybeDeleted(run);
  const made = done(run, 'toggle').filter((choice) => !deleted.has(accountOf(choice)));
  const breaches = made.flatMap(({ key = '', input }) => {
    const [account = '', toggle = ''] = key.split('/');
    const lacking = ends(run, account).findIndex(({ fields }) => {
      if (marketing === 'each') return fields[`marketing/${toggle}`]?.write?.value !== input;
      const all = (fields['marketing']?.write?.value ?? {}) as Readonly<Record<string, unknown>>;
      return all[toggle] !== input;
    });
    return lacking < 0
      ? []
      : [`${toggle} of ${account} was chosen, and is gone in the ${REGIONS[lacking]} region`];
  });
  return judged(CHOICES, breaches, made.length);
}

function emails({ effects }: SketchRun): PatternVerdict {
  const all = effects
    .filter(({ what }) => what === 'email')
    .map(({ atUs, key, data }): Allocation => {
      const { account, change } = data as { account: string; change: Allocation['change'] };
      return { atUs, of: key, by: account, change };
    });
  return neverOversold(UNIQUE, all, () => 1);
}

/** Looks in one region after another: none shows an account that it, or the one that deleted it, has shown as deleted. */
function gone(run: SketchRun): PatternVerdict {
  const looks = done(run, 'look').map((look): Sighting & { readonly process: number } => {
    const { state } = look.output as { readonly state: string };
    const { invokedAt: fromUs, completedAt: untilUs, process, key: id = '' } = look;
    return { id, state, fromUs, untilUs, where: `process ${process}`, process };
  });
  // One session is one process: what another region shows may be older.
  const byRegion = looks.map((look) => ({ ...look, id: `${look.id} (${look.where})` }));
  const seen = neverGoesBack(GONE, ACCOUNT, byRegion);
  if (!seen.kept) return seen;
  const deletions = done(run, 'delete');
  const breaches = deletions.flatMap((each) => {
    const alive = ends(run, accountOf(each)).findIndex(({ deleted }) => !deleted);
    return alive < 0 ? [] : [`${accountOf(each)} was deleted, and is there in the ${REGIONS[alive]} region`];
  });
  return judged(GONE, breaches, deletions.length + looks.length);
}

/** Whoever reads sees the last change, or is refused: one register for each account, whatever region is asked. */
function security({ operations }: SketchRun): PatternVerdict {
  const asked = operations.filter(({ f }) => f === 'read' || f === 'write');
  const { status, reason } = checkLinearizable({ operations: asked, timeUnit: 'us' }, registerModel());
  return { promise: LATEST, kept: status === 'holds', reason, examined: asked.length };
}

export function judge(run: SketchRun, policy: Policy): PatternVerdict[] {
  return [names(run), emails(run), choices(run, policy), gone(run), security(run)];
}
