import { encodePlain, type Plain } from '@holdfast/plain';
import { isMicroOperations, TRANSACTION } from '../history/transaction.ts';
import { blankEvent, isJepsenType, type JepsenEvent } from './jepsen.ts';
import type { ReadTarget } from './parsed.ts';
import type { TextScanner } from './scanner.ts';

const TYPE = 1;
const PROCESS = 2;
const F = 4;
const VALUE = 8;
const TIME = 16;
const INDEX = 32;
const ERROR = 64;
const KEY = 128;
const NODE = 256;

const FIELDS: ReadonlyMap<string, number> = new Map([
  ['type', TYPE],
  ['process', PROCESS],
  ['f', F],
  ['value', VALUE],
  ['time', TIME],
  ['index', INDEX],
  ['error', ERROR],
  ['key', KEY],
  ['node', NODE],
]);

/** Takes the fields of one Jepsen operation map, whatever the notation, into an event. */
export class FieldAssigner {
  private readonly target: ReadTarget;
  private readonly event: JepsenEvent = blankEvent();
  /** The fields seen, as a set of bits. */
  private seen = 0;

  constructor(target: ReadTarget) {
    this.target = target;
  }

  /** A new operation begins on this line. */
  begin(line: number): void {
    const { event } = this;
    event.line = line;
    event.process = 0;
    event.f = '';
    event.value = null;
    event.key = undefined;
    event.node = undefined;
    event.error = undefined;
    event.nanoseconds = undefined;
    event.index = undefined;
    this.seen = 0;
  }

  /** Takes one field; returns what should have stood there, or '' when all is well. */
  assign(name: string, value: Plain): string {
    const bit = FIELDS.get(name);
    if (bit === undefined) {
      this.target.warnings.add(`the field ${name} of operations was not kept`);
      return '';
    }
    if ((this.seen & bit) !== 0) return 'no second value';
    this.seen |= bit;
    return bit <= VALUE ? this.assignNeeded(bit, value) : this.assignOptional(bit, value);
  }

  /**
   * The event, once its map has ended. A map without a process belongs to process 0, one without f whose value is a
   * list of micro-operations is a transaction: so do the examples in Elle's documentation leave them out.
   */
  end(scanner: TextScanner, mark: string): JepsenEvent {
    const { event } = this;
    if ((this.seen & TYPE) === 0) this.failMissing(scanner, `${mark}type`);
    if ((this.seen & F) === 0) {
      if (!isMicroOperations(event.value)) this.failMissing(scanner, `${mark}f`);
      event.f = TRANSACTION;
    }
    if ((this.seen & PROCESS) === 0) {
      this.target.warnings.add('an operation without process was taken as one of process 0');
    }
    return event;
  }

  private assignNeeded(bit: number, value: Plain): string {
    const { event } = this;
    switch (bit) {
      case TYPE:
        if (!isJepsenType(value)) return 'invoke, ok, fail or info';
        event.type = value;
        return '';
      case PROCESS:
        if (typeof value === 'string' && value !== '') event.process = value;
        else if (isInteger(value)) event.process = value;
        else return 'an integer or a name';
        return '';
      case F:
        if (typeof value !== 'string' || value === '') return 'a name';
        event.f = value;
        return '';
      default:
        event.value = value;
        return '';
    }
  }

  private assignOptional(bit: number, value: Plain): string {
    const { event } = this;
    switch (bit) {
      case TIME:
        if (value !== null && !isCount(value)) return 'whole nanoseconds';
        event.nanoseconds = value ?? undefined;
        return '';
      case INDEX:
        if (value !== null && !isCount(value)) return 'a whole number';
        event.index = value ?? undefined;
        return '';
      case ERROR:
        event.error = value ?? undefined;
        return '';
      case KEY:
        if (value !== null) event.key = typeof value === 'string' ? value : encodePlain(value);
        return '';
      default:
        if (isInteger(value)) event.node = value;
        else this.target.warnings.add('a node that is not a number was not kept');
        return '';
    }
  }

  private failMissing(scanner: TextScanner, name: string): never {
    scanner.malformed(`${name} in the operation map that begins on line ${this.event.line}`, 'none');
  }
}

function isInteger(value: Plain): value is number {
  return Number.isSafeInteger(value);
}

function isCount(value: Plain): value is number {
  return Number.isInteger(value) && (value as number) >= 0;
}
