import {
  claimKey,
  finishKey,
  type IdempotencyState,
  idempotencyState,
  type IdempotencyTable,
  startIdempotency,
} from './idempotency.ts';

/** What can happen to a key. */
export type IdempotencyEvent =
  | 'request, same payload'
  | 'request, other payload'
  | 'run succeeds'
  | 'run fails without effect'
  | 'run fails for good'
  | 'kept long enough';

/** One row of the life of a key: in this state, on this event, the caller hears this and the key is in that state. */
export interface IdempotencyStep {
  readonly state: IdempotencyState;
  readonly event: IdempotencyEvent;
  readonly answer: string;
  readonly next: IdempotencyState;
}

const KEY = 'key';
const KEEP_MS = 1_000;

/** How a table with the key in each state comes about, from an empty one. */
const WAYS: Readonly<Record<IdempotencyState, (table: IdempotencyTable) => void>> = {
  missing: () => undefined,
  'in-progress': (table) => void claimKey(table, KEY, 'payload', 0),
  succeeded: (table) => ended(table, 'succeeded'),
  retryable: (table) => ended(table, 'retryable'),
  failed: (table) => ended(table, 'failed'),
};

/** What each event does, and what is answered; undefined where there is nothing to answer. */
const EVENTS: Readonly<Record<IdempotencyEvent, (table: IdempotencyTable) => string | undefined>> = {
  'request, same payload': (table) => told(claimKey(table, KEY, 'payload', 1)),
  'request, other payload': (table) => told(claimKey(table, KEY, 'another', 1)),
  'run succeeds': (table) => changed(finishKey(table, KEY, end(table, 'succeeded'), 1)),
  'run fails without effect': (table) => changed(finishKey(table, KEY, end(table, 'retryable'), 1)),
  'run fails for good': (table) => changed(finishKey(table, KEY, end(table, 'failed'), 1)),
  'kept long enough': (table) => {
    // Nothing is forgotten before somebody asks.
    claimKey(table, 'other key', 'payload', KEEP_MS + 1);
    return undefined;
  },
};

/** The whole life of a key, by trying every event in every state of the table itself: what is written here cannot differ from what runs. */
export function idempotencySteps(): IdempotencyStep[] {
  return (Object.keys(WAYS) as IdempotencyState[]).flatMap((state) =>
    (Object.keys(EVENTS) as IdempotencyEvent[]).map((event): IdempotencyStep => {
      const table = startIdempotency({ limit: 10, keepMs: KEEP_MS, lastRetryMs: KEEP_MS - 1 });
      WAYS[state](table);
      const answer = EVENTS[event](table) ?? 'nothing';
      return { state, event, answer, next: idempotencyState(table, KEY) };
    }),
  );
}

function ended(table: IdempotencyTable, state: 'succeeded' | 'retryable' | 'failed'): void {
  claimKey(table, KEY, 'payload', 0);
  finishKey(table, KEY, end(table, state), 0);
}

function end(table: IdempotencyTable, state: 'succeeded' | 'retryable' | 'failed') {
  return { claim: table.lastClaim, state, response: state } as const;
}

function told(answer: ReturnType<typeof claimKey>): string {
  switch (answer.do) {
    case 'run':
      return 'run it';
    case 'wait':
      return 'in progress';
    case 'replay':
      return `the ${answer.state === 'succeeded' ? 'response' : 'failure'} again`;
    case 'refuse':
      return answer.why === 'other-payload' ? 'refused: another payload' : 'refused: the table is full';
  }
}

function changed(isCurrent: boolean): string {
  return isCurrent ? 'recorded' : 'no claim: changes nothing';
}
