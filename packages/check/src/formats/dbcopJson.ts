import type { Plain } from '@holdfast/plain';
import { JsonReader } from './json.ts';
import type { ReadTarget, StreamReader, TimeShape } from './parsed.ts';
import { TransactionDraft, TransactionWriter } from './transactions.ts';

const NAME = 'dbcop-json';
const OPEN_ARRAY = 0x5b;
const OPEN_OBJECT = 0x7b;
const EVENT_EXAMPLE = '{"Read":{"variable":0,"version":1}}, {"Write":...}, ["r",0,1] or ["w",0,1]';
const ABOUT: ReadonlySet<string> = new Set(['params', 'info', 'start', 'end']);

/**
 * Reads dbcop's JSON: an array of sessions, each an array of `{"events": [...], "committed": true}`, alone or as the
 * `data` of an object that also says how the history was made. A read of version null read the initial value.
 */
export class DbcopJsonReader implements StreamReader {
  private readonly target: ReadTarget;
  private readonly writer: TransactionWriter;
  private readonly chunks: string[] = [];
  private session = 0;

  constructor(target: ReadTarget) {
    this.target = target;
    this.writer = new TransactionWriter(target);
  }

  push(chunk: string): void {
    this.chunks.push(chunk);
  }

  finish(): TimeShape {
    const reader = new JsonReader(NAME, this.chunks.join(''));
    if (!reader.skipBlankOrEnd()) reader.truncated('an array of sessions');
    if (reader.text.charCodeAt(reader.pos) === OPEN_OBJECT) this.wrapper(reader);
    else this.sessions(reader);
    if (reader.skipBlankOrEnd()) reader.malformed('the end of the file', reader.nextThing());
    return this.writer.shape();
  }

  private wrapper(reader: JsonReader): void {
    const openedAt = reader.pos;
    let found = false;
    reader.fields('the history object', (name) => {
      if (name === 'data') {
        found = true;
        this.sessions(reader);
        return;
      }
      reader.value();
      if (!ABOUT.has(name)) this.target.warnings.add(`the field ${name} of the history was not kept`);
    });
    if (found) return;
    reader.pos = openedAt;
    reader.malformed('the sessions as "data" in the history object', 'none');
  }

  private sessions(reader: JsonReader): void {
    reader.items('the array of sessions', () => {
      reader.items('a session: an array of transactions', () => this.transaction(reader));
      this.session++;
    });
  }

  private transaction(reader: JsonReader): void {
    const openedAt = reader.pos;
    const draft = new TransactionDraft(reader.lineAt(openedAt));
    let committed: Plain | undefined;
    let hasEvents = false;
    reader.fields('a transaction', (name) => {
      if (name === 'events') {
        hasEvents = true;
        reader.items('the events of a transaction', () => this.event(reader, draft));
      } else if (name === 'committed') {
        committed = reader.value();
      } else {
        reader.value();
        this.target.warnings.add(`the field ${name} of transactions was not kept`);
      }
    });
    const end = reader.pos;
    reader.pos = openedAt;
    if (!hasEvents) reader.malformed('"events" in the transaction', 'none');
    if (typeof committed !== 'boolean') {
      return reader.malformed(
        '"committed": true or false in the transaction',
        JSON.stringify(committed) ?? 'none',
      );
    }
    draft.lastLine = reader.lineAt(end);
    reader.pos = end;
    this.writer.add(this.session, draft, committed);
  }

  private event(reader: JsonReader, draft: TransactionDraft): void {
    const start = reader.pos;
    const isTuple = reader.text.charCodeAt(start) === OPEN_ARRAY;
    const value = reader.value();
    const event = isTuple ? tupleEvent(value) : taggedEvent(value);
    if (event === undefined) {
      reader.pos = start;
      return reader.malformed(EVENT_EXAMPLE, reader.nextThing());
    }
    const { isWrite, variable, version } = event;
    if (!isWrite) {
      draft.read(variable, version);
    } else if (version === null) {
      reader.pos = start;
      reader.malformed('a version in a write', reader.nextThing());
    } else {
      draft.write(variable, version);
    }
  }
}

interface DbcopEvent {
  readonly isWrite: boolean;
  readonly variable: number | string;
  readonly version: number | string | null;
}

function tupleEvent(value: Plain): DbcopEvent | undefined {
  if (!Array.isArray(value) || value.length !== 3) return undefined;
  const [f, variable, version] = value as readonly Plain[];
  return f === 'r' || f === 'w' ? eventOf(f === 'w', variable, version) : undefined;
}

function taggedEvent(value: Plain): DbcopEvent | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const entries = Object.entries(value);
  const [tag, body] = entries[0] ?? ['', null];
  if (entries.length !== 1 || (tag !== 'Read' && tag !== 'Write')) return undefined;
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined;
  const { variable, version } = body as { readonly [name: string]: Plain | undefined };
  return eventOf(tag === 'Write', variable, version);
}

function eventOf(
  isWrite: boolean,
  variable: Plain | undefined,
  version: Plain | undefined,
): DbcopEvent | undefined {
  if (typeof variable !== 'number' && typeof variable !== 'string') return undefined;
  if (typeof version !== 'number' && typeof version !== 'string' && version !== null) return undefined;
  return { isWrite, variable, version };
}
