import type { History } from '../history/operation.ts';
import { AwditReader } from './awdit.ts';
import { DbcopHistReader } from './dbcopHist.ts';
import { DbcopJsonReader } from './dbcopJson.ts';
import { ElleJsonReader } from './elleJson.ts';
import { JepsenEdnReader } from './jepsenEdn.ts';
import { JepsenLogReader } from './jepsenLog.ts';
import { printElleJson, printJepsenEdn, printJepsenLog } from './jepsenPrint.ts';
import { JsonlReader, printJsonl } from './jsonl.ts';
import { LimoReader } from './limo.ts';
import { printLimo } from './limoPrint.ts';
import type { ReadTarget, StreamReader } from './parsed.ts';
import { PlumeReader } from './plume.ts';
import { PorcupineReader, printPorcupine } from './porcupine.ts';
import { printAwdit, printDbcopHist, printDbcopJson, printPlume } from './transactionPrint.ts';

/** The beginning of a text, for recognition. */
export interface Head {
  /** The first line with content, trimmed. */
  readonly line: string;
  /** Every line of the beginning, trimmed. */
  readonly lines: readonly string[];
  /** The first characters without any blanks, whatever the lines. */
  readonly compact: string;
}

/** One text format: how to read it, how to know it, and how to print it. */
export interface TextFormat {
  open(target: ReadTarget): StreamReader;
  /** True when a text that begins so can only be of this format. */
  recognises(head: Head): boolean;
  print(history: History): string;
}

/** The formats that are text. */
export type TextFormatName =
  | 'jsonl'
  | 'porcupine'
  | 'elle-json'
  | 'dbcop-json'
  | 'jepsen-edn'
  | 'maelstrom'
  | 'jepsen-log'
  | 'plume'
  | 'awdit'
  | 'limo'
  | 'dbcop-hist';

/** The names `parseHistory` takes, beside `auto`. `cobra` is binary. */
export type FormatName = TextFormatName | 'cobra';

const OPERATION_LINE = /(?:^|jepsen\.util(?: -|:) +)(?:\d+|:[\w-]+)[\t ]+:(?:invoke|ok|fail|info)[\t ]/;

/** Every text format, in the order in which they are tried. */
export const TEXT_FORMATS: Readonly<Record<TextFormatName, TextFormat>> = {
  jsonl: {
    open: (target) => new JsonlReader(target),
    recognises: ({ line }) => /^\{.*"holdfast"\s*:\s*"history"/.test(line),
    print: printJsonl,
  },
  porcupine: {
    open: (target) => new PorcupineReader(target),
    recognises: ({ line }) => /^\{.*"(?:client|ClientId)"\s*:/.test(line) && /"(?:call|Call)"\s*:/.test(line),
    print: printPorcupine,
  },
  'elle-json': {
    open: (target) => new ElleJsonReader(target),
    recognises: ({ compact }) =>
      /^\[?\{"(?:type|process|f|value|time|index|key|error|op-index)":/.test(compact),
    print: printElleJson,
  },
  'dbcop-json': {
    open: (target) => new DbcopJsonReader(target),
    recognises: ({ compact }) => /^(?:\[\[|\{"(?:params|info|start|end|data)":)/.test(compact),
    print: printDbcopJson,
  },
  'jepsen-edn': {
    open: (target) => new JepsenEdnReader(target),
    recognises: ({ compact }) => /^(?:[[(]?(?:\{:|#[\w.$-]+\{|#_|;)|\[\]$|\(\)$)/.test(compact),
    print: printJepsenEdn,
  },
  maelstrom: {
    open: (target) => new JepsenEdnReader(target, 'maelstrom'),
    // What Maelstrom stores is Jepsen's EDN, and is recognised as that.
    recognises: () => false,
    print: printJepsenEdn,
  },
  'jepsen-log': {
    open: (target) => new JepsenLogReader(target),
    recognises: ({ lines }) => lines.some((line) => OPERATION_LINE.test(line)),
    print: printJepsenLog,
  },
  plume: {
    open: (target) => new PlumeReader(target),
    recognises: ({ line }) => /^[rw]\(\d/.test(line),
    print: printPlume,
  },
  awdit: {
    open: (target) => new AwditReader(target),
    recognises: ({ line }) => /^(?:[rw]\s+\d+\s+\d+|={2,})$/.test(line),
    print: printAwdit,
  },
  limo: {
    open: (target) => new LimoReader(target),
    recognises: ({ line }) => /^#\s*@object\s|^\[\d+\]\s+(?:call|return)\b/.test(line),
    print: printLimo,
  },
  'dbcop-hist': {
    open: (target) => new DbcopHistReader(target),
    recognises: ({ line }) => /^(?:\/\/|-+$|\[\s*\w+(?::=|==))/.test(line),
    print: printDbcopHist,
  },
};

const TEXT_FORMAT_NAMES = Object.keys(TEXT_FORMATS) as readonly TextFormatName[];

/** Names of all formats that `parseHistory` reads. */
export const formatNames: readonly FormatName[] = [...TEXT_FORMAT_NAMES, 'cobra'];

/** The text format that recognises the beginning of a text, if any. */
export function recogniseText(head: Head): TextFormatName | undefined {
  return TEXT_FORMAT_NAMES.find((name) => TEXT_FORMATS[name].recognises(head));
}
