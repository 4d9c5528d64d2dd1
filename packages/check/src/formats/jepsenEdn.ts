import { EdnReader } from './edn.ts';
import { FormsReader } from './forms.ts';
import { FieldAssigner } from './jepsenFields.ts';
import { JepsenPairing } from './jepsen.ts';
import type { ReadTarget, TimeShape } from './parsed.ts';

const HASH = 0x23;
const OPEN_LIST = 0x28;
const CLOSE_LIST = 0x29;
const COLON = 0x3a;
const OPEN_VECTOR = 0x5b;
const CLOSE_VECTOR = 0x5d;
const OPEN_MAP = 0x7b;
const CLOSE_MAP = 0x7d;

/**
 * Reads Jepsen's `history.edn`: operation maps, one after the other or in one vector or list, with or without a record tag.
 */
export class JepsenEdnReader extends FormsReader<EdnReader> {
  private readonly format: string;
  private readonly assigner: FieldAssigner;
  private readonly pairing: JepsenPairing;
  private readonly onTag: (tag: string) => void;

  constructor(target: ReadTarget, format = 'jepsen-edn') {
    super();
    this.format = format;
    this.assigner = new FieldAssigner(target);
    this.pairing = new JepsenPairing(format, target);
    this.onTag = (tag: string): void => {
      if (!tag.startsWith('jepsen.')) target.warnings.add(`the tag #${tag} was read as its plain value`);
    };
  }

  protected scan(text: string, line: number): EdnReader {
    return new EdnReader(this.format, text, line, this.onTag);
  }

  protected closingOf(opening: number): number {
    if (opening === OPEN_VECTOR) return CLOSE_VECTOR;
    return opening === OPEN_LIST ? CLOSE_LIST : 0;
  }

  /** Commas are blanks in EDN: nothing to pass over. */
  protected separator(): void {}

  protected shape(): TimeShape {
    return this.pairing.finish();
  }

  protected operation(reader: EdnReader): void {
    if (reader.text.charCodeAt(reader.pos) === HASH) this.recordTag(reader);
    if (reader.text.charCodeAt(reader.pos) !== OPEN_MAP) {
      reader.malformed('an operation map {:type ... :process ... :f ... :value ...}', reader.nextThing());
    }
    const openedAt = reader.pos++;
    this.assigner.begin(reader.lineAt(openedAt));
    while (!reader.closes(CLOSE_MAP, 'operation map', openedAt)) {
      if (reader.text.charCodeAt(reader.pos) !== COLON)
        reader.malformed("a keyword or '}'", reader.nextThing());
      const name = reader.keyword();
      if (reader.closes(CLOSE_MAP, 'operation map', openedAt)) {
        reader.malformed(`a value for :${name}`, "'}'");
      }
      const valueAt = reader.pos;
      reader.roundsIntegers = name === 'time';
      const value = reader.form();
      reader.roundsIntegers = false;
      const wrong = this.assigner.assign(name, value);
      if (wrong === '') continue;
      reader.pos = valueAt;
      reader.malformed(`${wrong} as the :${name} of the operation`, reader.nextThing());
    }
    this.pairing.accept(this.assigner.end(reader, ':'));
  }

  private recordTag(reader: EdnReader): void {
    reader.pos++;
    const tag = reader.token("a record's tag such as #jepsen.history.Op");
    this.onTag(tag);
    reader.skipBlank();
  }
}
