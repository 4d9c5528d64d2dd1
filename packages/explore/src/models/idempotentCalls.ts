import { claimKey, finishKey, type IdempotencyTable, startIdempotency } from '@holdfast/protocols';
import { clonePlain } from '@holdfast/plain';
import type { Spec, SpecAction } from '../engine/spec/spec.ts';

/**
 * How idempotency keys are commonly got wrong. `checks-then-acts`: looks whether the key is known, and claims it in a later step (X15).
 * `effect-apart-from-record`: the effect is committed first, the record after it. `forgets-the-claim`: whoever runs may finish, also one whose
 * claim was taken away. `forgets-early`: records are gone before the last retry comes.
 */
export type IdempotencyDefect =
  | 'checks-then-acts'
  | 'effect-apart-from-record'
  | 'forgets-the-claim'
  | 'forgets-early';

/** What one delivery of the call has come to. */
type Delivery =
  | { readonly at: 'waiting' }
  /** A twin's: it saw no record. */
  | { readonly at: 'looked' }
  | { readonly at: 'running'; readonly claim: number }
  /** A twin's: the effect is there and the record is not. */
  | { readonly at: 'acted'; readonly claim: number }
  | { readonly at: 'answered'; readonly answer: string }
  | { readonly at: 'crashed' };

/** Deliveries of one call, by different workers, over one database. */
export interface IdempotencyRunState {
  deliveries: Delivery[];
  database: {
    table: IdempotencyTable;
    /** The answers the effects gave, in order. */
    effects: readonly string[];
  };
  crashes: number;
  freed: number;
}

const KEY = 'k';
/** Everything happens at time 0, for a twin after the records are gone. */
const KEEP_MS = 2;
const PAYLOAD = 'pay';

/** How much may happen. */
export interface IdempotencyBounds {
  readonly deliveries: number;
  readonly crashes: number;
  /** How often the supervisor frees the key. */
  readonly frees: number;
  readonly defect?: IdempotencyDefect;
}

/**
 * The five states of an idempotency key: several deliveries of one call, workers that crash, and a supervisor that makes the key of a crashed
 * worker retryable. The functions of `@holdfast/protocols` themselves: one effect at most, and one answer.
 */
export function idempotentCalls(name: string, bounds: IdempotencyBounds): Spec<IdempotencyRunState> {
  const each = Array.from({ length: bounds.deliveries }, (_, i) => i);
  return {
    name,
    init: [
      {
        deliveries: each.map(() => ({ at: 'waiting' })),
        database: { table: startIdempotency({ limit: 2, keepMs: KEEP_MS, lastRetryMs: 1 }), effects: [] },
        crashes: 0,
        freed: 0,
      },
    ],
    actions: each.flatMap((i) => deliveryActions(i, bounds)),
    always: {
      'no effect twice': ({ database: { effects } }) => effects.length < 2,
      'one answer': ({ deliveries }) =>
        new Set(deliveries.flatMap((d) => (d.at === 'answered' ? [d.answer] : []))).size < 2,
      'an answer comes after the effect': ({ deliveries, database: { effects } }) =>
        effects.length > 0 || deliveries.every(({ at }) => at !== 'answered'),
    },
    reachable: {
      'all are answered': ({ deliveries }) => deliveries.every(({ at }) => at === 'answered'),
    },
  };
}

function deliveryActions(
  i: number,
  { crashes, frees: most, defect }: IdempotencyBounds,
): SpecAction<IdempotencyRunState>[] {
  const who = `delivery ${i + 1}`;
  return [
    { name: `${who} claims the key`, run: (s) => claims(s, i, defect) },
    { name: `${who} acts`, run: (s) => acts(s, i, defect) },
    { name: `${who} records what it did`, run: (s) => records(s, i) },
    {
      name: `the worker of ${who} crashes`,
      run(s): boolean {
        const { at } = s.deliveries[i] as Delivery;
        if (s.crashes >= crashes || at === 'waiting' || at === 'answered' || at === 'crashed') return false;
        s.crashes++;
        s.deliveries[i] = { at: 'crashed' };
        return true;
      },
    },
    { name: `the supervisor frees the key of ${who}`, run: (s) => frees(s, i, most) },
  ];
}

function claims(s: IdempotencyRunState, i: number, defect: IdempotencyDefect | undefined): boolean {
  const now = s.deliveries[i] as Delivery;
  if (now.at !== 'waiting' && now.at !== 'looked') return false;
  if (defect === 'checks-then-acts' && now.at === 'waiting' && s.database.table.records[KEY] === undefined) {
    s.deliveries[i] = { at: 'looked' };
    return true;
  }
  // Broken twin: what it saw then is what it believes now.
  const table =
    now.at === 'looked' ? { ...clonePlain(s.database.table), records: {} } : clonePlain(s.database.table);
  const answer = claimKey(table, KEY, PAYLOAD, defect === 'forgets-early' ? KEEP_MS : 0);
  if (answer.do === 'wait' || answer.do === 'refuse') return false;
  s.database.table = table;
  s.deliveries[i] =
    answer.do === 'run'
      ? { at: 'running', claim: answer.claim }
      : { at: 'answered', answer: answer.response as string };
  return true;
}

/** The effect and the record of it are one transaction, which does nothing when the claim is no longer this delivery's. */
function acts(s: IdempotencyRunState, i: number, defect: IdempotencyDefect | undefined): boolean {
  const now = s.deliveries[i] as Delivery;
  if (now.at !== 'running') return false;
  const answer = `effect ${s.database.effects.length + 1}`;
  if (defect === 'effect-apart-from-record') {
    s.database.effects = [...s.database.effects, answer];
    s.deliveries[i] = { at: 'acted', claim: now.claim };
    return true;
  }
  const table = clonePlain(s.database.table);
  const isCurrent = finishKey(table, KEY, { claim: now.claim, state: 'succeeded', response: answer }, 0);
  s.database.table = table;
  // Broken twin: it acts though another has the claim.
  if (isCurrent || defect === 'forgets-the-claim') {
    s.database.effects = [...s.database.effects, answer];
    s.deliveries[i] = { at: 'answered', answer };
  } else s.deliveries[i] = { at: 'waiting' };
  return true;
}

function records(s: IdempotencyRunState, i: number): boolean {
  const now = s.deliveries[i] as Delivery;
  if (now.at !== 'acted') return false;
  const answer = s.database.effects.at(-1) ?? '';
  const table = clonePlain(s.database.table);
  finishKey(table, KEY, { claim: now.claim, state: 'succeeded', response: answer }, 0);
  s.database.table = table;
  s.deliveries[i] = { at: 'answered', answer };
  return true;
}

/** Frees the key of a worker taken for dead, rightly or not: its claim is void from then on. */
function frees(s: IdempotencyRunState, i: number, most: number): boolean {
  const record = s.database.table.records[KEY];
  const now = s.deliveries[i] as Delivery;
  if (s.freed >= most || record?.state !== 'in-progress' || now.at === 'answered' || now.at === 'waiting')
    return false;
  const table = clonePlain(s.database.table);
  finishKey(table, KEY, { claim: record.claim, state: 'retryable', response: null }, 0);
  s.freed++;
  s.database.table = table;
  return true;
}
