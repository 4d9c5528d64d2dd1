import type { History } from '../history/operation.ts';
import { JepsenEdnReader } from './jepsenEdn.ts';
import { JepsenLogReader } from './jepsenLog.ts';
import { JsonlReader, printJsonl } from './jsonl.ts';
import type { ReadTarget, StreamReader } from './parsed.ts';

/** One text format: how to read it, how to know it, and how to print it where it can say everything. */
export interface TextFormat {
  open(target: ReadTarget): StreamReader;
  /** True when the first line with content, given trimmed, can only be of this format. */
  recognises(firstLine: string): boolean;
  print?(history: History): string;
}

/** The names `parseHistory` takes, beside `auto`. */
export type FormatName = 'jsonl' | 'jepsen-edn' | 'jepsen-log';

/** Every text format, in the order in which they are tried. */
export const TEXT_FORMATS: Readonly<Record<FormatName, TextFormat>> = {
  jsonl: {
    open: (target) => new JsonlReader(target),
    recognises: (line) => line.startsWith('{') && line.includes('"holdfast"'),
    print: printJsonl,
  },
  'jepsen-edn': {
    open: (target) => new JepsenEdnReader(target),
    recognises: (line) => /^(?:[[(]\s*)?(?:\{\s*:|\{$|#[\w.]+\s*\{|#_|;|\[\]$)/.test(line),
  },
  'jepsen-log': {
    open: (target) => new JepsenLogReader(target),
    recognises: (line) =>
      /(?:^|jepsen\.util(?: -|:) +)(?:\d+|:[\w-]+)[\t ]+:(?:invoke|ok|fail|info)[\t ]/.test(line),
  },
};

/** Names of all formats that `parseHistory` reads. */
export const formatNames: readonly FormatName[] = Object.keys(TEXT_FORMATS) as FormatName[];
