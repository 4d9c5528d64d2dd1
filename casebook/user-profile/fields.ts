import { LWWRegister, type StateMachine } from 'holdfast';

/** What each field of a profile is kept by. A twin keeps one of them by something else. */
export interface Policy {
  /** Two names given at once: the one with the later stamp stays, or in each region the one that it heard of last. */
  readonly name: 'last writer' | 'last heard';
  /** Whether an address is free: the home region says so, or each region by what it knows. */
  readonly email: 'home' | 'local';
  /** What is merged of the choices about marketing: each by itself, or all as one value. */
  readonly marketing: 'each' | 'whole';
  /** Whether a deletion is above every write, or one of them. */
  readonly deletion: 'dominates' | 'a write';
  readonly security: 'home' | 'local';
}

export const BY_FIELD: Policy = {
  name: 'last writer',
  email: 'home',
  marketing: 'each',
  deletion: 'dominates',
  security: 'home',
};

/** One policy for everything: a profile is a record, every region takes writes, and the last one wins. */
export const ONE_RECORD: Policy = {
  name: 'last writer',
  email: 'local',
  marketing: 'whole',
  deletion: 'a write',
  security: 'local',
};

/** The regions, in this order; the first is the home of what has one authority. Each has a client of its own. */
export const REGIONS = ['home', 'east', 'west'] as const;
export const HOME = 0;
export const TOGGLES: readonly string[] = ['news', 'offers', 'surveys'];

/** Whether there is an account: nothing leads back. */
export const ACCOUNT: StateMachine<'there' | 'deleted'> = {
  initial: 'there',
  moves: { there: ['deleted'], deleted: [] },
};

/** What every region has of an account. All of it can be joined. */
export interface Account {
  readonly deleted: boolean;
  /** Fields by name: `name`, `email`, `security`, `deletion`, `marketing`, `marketing/news`. */
  readonly fields: Readonly<Record<string, LWWRegister>>;
}

export const NEW: Account = { deleted: false, fields: {} };

/** A deletion takes everything with it, and nothing that comes later is kept. */
export function join(a: Account, b: Account, { deletion, name }: Policy): Account {
  if (deletion === 'dominates' && (a.deleted || b.deleted)) return { deleted: true, fields: {} };
  const names = new Set([...Object.keys(a.fields), ...Object.keys(b.fields)]);
  const fields = Object.fromEntries(
    [...names].map((field) => {
      const [mine, theirs] = [a.fields[field], b.fields[field]];
      // Broken twin: what comes in is newer than what is there.
      if (field === 'name' && name === 'last heard' && theirs !== undefined) return [field, theirs];
      // What both have is there already.
      if (mine?.write?.time === theirs?.write?.time && mine?.write?.actor === theirs?.write?.actor)
        return [field, mine ?? LWWRegister.empty];
      if (mine === undefined || theirs === undefined) return [field, mine ?? theirs ?? LWWRegister.empty];
      return [field, LWWRegister.join(mine, theirs)];
    }),
  );
  return { deleted: isDeleted({ deleted: false, fields }), fields };
}

/** In the twin a deletion is a field, which any later write takes back. */
function isDeleted({ fields }: Account): boolean {
  const deletion = fields['deletion']?.write;
  if (deletion === undefined || deletion === null || deletion.value !== true) return false;
  return Object.values(fields).every(({ write }) => write === null || write.time <= deletion.time);
}

/** A write of a field under a stamp that is above all its region has seen. */
export function written(
  account: Account,
  field: string,
  value: Parameters<typeof LWWRegister.write>[1]['value'],
  by: { readonly actor: string; readonly time: number },
): Account {
  const register = account.fields[field] ?? LWWRegister.empty;
  const delta = LWWRegister.write(register, { ...by, value });
  return { ...account, fields: { ...account.fields, [field]: LWWRegister.join(register, delta) } };
}
