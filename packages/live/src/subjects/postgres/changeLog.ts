import type { WatchEvent, WatchRequest } from '../cluster.ts';
import { Exchange } from '../../wire/exchange.ts';
import { sleep } from '../../time.ts';
import { quoted } from './quoted.ts';
import { queryMessage, type QueryResult, startupMessage, takeResult } from './wire.ts';

/** The replication slot that is made with the cluster: every watch begins where it does. */
const FIRST_SLOT = 'holdfast_changes';
/** Debian's server has it: transactions as text. */
const PLUGIN = 'test_decoding';

const ASK_MS = 2_000;
const EVERY_MS = 40;
const AT_ONCE = 500;

/** SQL that makes the first slot. */
export const MAKE_SLOT: string = `select pg_create_logical_replication_slot('${FIRST_SLOT}', '${PLUGIN}')`;

/** A change, and where its transaction's commit ends in the log. */
const CHANGE =
  /^table public\.kv: (?:INSERT|UPDATE): .*?key\[text\]:'((?:[^']|'')*)' value\[text\]:'((?:[^']|'')*)'$/s;

/**
 * Watches keys by logical decoding, which gives every transaction once, whole, in the order of the commits. A slot remembers how far a watch has come, but may go back when
 * the server crashes: what comes again is left out by its revision, the place of its commit in the log. There is one slot for each prefix.
 */
export function watchSlot(
  address: string,
  { prefix, fromRevision }: WatchRequest,
  onEvent: (event: WatchEvent) => void,
  onEnd: () => void = () => undefined,
): () => void {
  const connection = new Exchange(address, takeResult, [startupMessage('postgres', 'postgres')], {
    once: true,
  });
  const slot = `holdfast_${Buffer.from(prefix).toString('hex')}`.slice(0, 63);
  let isEnded = false;
  const ask = async (sql: string): Promise<QueryResult['rows']> => {
    const { rows, error } = await connection.request(queryMessage(sql), ASK_MS);
    if (error !== undefined) throw new Error(error.message);
    return rows;
  };
  const follow = async (): Promise<void> => {
    const [known] = await ask(`select 1 from pg_replication_slots where slot_name = ${quoted(slot)}`);
    if (fromRevision === 0 && known !== undefined)
      await ask(`select pg_drop_replication_slot(${quoted(slot)})`);
    if (fromRevision === 0)
      await ask(`select pg_create_logical_replication_slot(${quoted(slot)}, '${PLUGIN}')`);
    else if (known === undefined)
      await ask(`select pg_copy_logical_replication_slot('${FIRST_SLOT}', ${quoted(slot)})`);
    while (!isEnded) {
      const rows = await ask(
        `select lsn, data from pg_logical_slot_peek_changes(${quoted(slot)}, null, ${AT_ONCE})`,
      );
      for (const event of eventsIn(rows))
        if (event.key.startsWith(prefix) && event.revision >= fromRevision && !isEnded) onEvent(event);
      const [last] = rows.at(-1) ?? [];
      if (typeof last === 'string')
        await ask(`select pg_replication_slot_advance(${quoted(slot)}, ${quoted(last)})`);
      else await sleep(EVERY_MS);
    }
  };
  void follow()
    .catch(() => undefined)
    .then(() => {
      connection.close();
      onEnd();
    });
  return () => {
    isEnded = true;
    connection.close();
  };
}

/** The changes of whole transactions. */
function eventsIn(rows: QueryResult['rows']): WatchEvent[] {
  const events: WatchEvent[] = [];
  let changes: (readonly [key: string, value: string])[] = [];
  for (const [lsn, data] of rows) {
    const [, key, value] = CHANGE.exec(data ?? '') ?? [];
    if (key !== undefined && value !== undefined) changes.push([unquoted(key), unquoted(value)]);
    if (data?.startsWith('COMMIT') !== true) continue;
    for (const [name, text] of changes)
      events.push({
        key: name,
        revision: placeOf(lsn ?? ''),
        value: JSON.parse(text) as WatchEvent['value'],
        kind: 'put',
      });
    changes = [];
  }
  return events;
}

/** A place in the log, `A/B` with both in hexadecimal, as a number. */
function placeOf(lsn: string): number {
  const [high = '', low = ''] = lsn.split('/');
  return Number.parseInt(high, 16) * 2 ** 32 + Number.parseInt(low, 16);
}

function unquoted(text: string): string {
  return text.replaceAll("''", "'");
}
