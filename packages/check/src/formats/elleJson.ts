import { FormsReader } from './forms.ts';
import { JepsenPairing } from './jepsen.ts';
import { FieldAssigner } from './jepsenFields.ts';
import { JsonReader } from './json.ts';
import type { ReadTarget, TimeShape } from './parsed.ts';

const NAME = 'elle-json';
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

/** Reads the JSON histories of elle-cli: Jepsen's operation maps as objects, in one array or one after the other. */
export class ElleJsonReader extends FormsReader<JsonReader> {
  private readonly assigner: FieldAssigner;
  private readonly pairing: JepsenPairing;

  constructor(target: ReadTarget) {
    super();
    this.assigner = new FieldAssigner(target);
    this.pairing = new JepsenPairing(NAME, target);
  }

  protected scan(text: string, line: number): JsonReader {
    return new JsonReader(NAME, text, line);
  }

  protected closingOf(opening: number): number {
    return opening === OPEN_ARRAY ? CLOSE_ARRAY : 0;
  }

  protected separator(reader: JsonReader): void {
    if (reader.text.charCodeAt(reader.pos) !== COMMA) reader.malformed("',' or ']'", reader.nextThing());
    reader.pos++;
    if (!reader.skipBlankOrEnd()) reader.truncated('an operation after the comma');
  }

  protected shape(): TimeShape {
    return this.pairing.finish();
  }

  protected operation(reader: JsonReader): void {
    this.assigner.begin(reader.lineAt(reader.pos));
    reader.fields('an operation object', (name) => {
      reader.skipBlankOrEnd();
      const valueAt = reader.pos;
      reader.roundsIntegers = name === 'time';
      const value = reader.value();
      reader.roundsIntegers = false;
      const wrong = this.assigner.assign(name, value);
      if (wrong === '') return;
      reader.pos = valueAt;
      reader.malformed(`${wrong} as the ${name} of the operation`, reader.nextThing());
    });
    this.pairing.accept(this.assigner.end(reader, ''));
  }
}
