import {
  checkMessageDrawing,
  type DrawingFinding,
  DrawingError,
  type FieldFinding,
  isMessageDrawing,
  type MessageDrawing,
  readMessageDrawing,
} from '@holdfast/report';
import { InputError } from '../../node/inputError.ts';
import type { VerifiedEntry } from '../document.ts';
import type { Io } from '../io.ts';
import { columns, counted, painted } from '../text.ts';

const PARTS: readonly DrawingFinding['part'][] = [
  'arrows',
  'Lamport stamps',
  'vector stamps',
  'concurrent pairs',
];

/** The message trace that somebody drew, when a file is one; undefined when it is something else. Throws `InputError` for one that cannot be read. */
export function drawingIn(text: string, shown: string): MessageDrawing | undefined {
  if (!/^\s*\{/.test(text)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isMessageDrawing(value)) return undefined;
  try {
    return readMessageDrawing(value);
  } catch (error) {
    if (!(error instanceof DrawingError)) throw error;
    throw new InputError(`${shown}: ${error.message}`, 'nothing was judged', { cause: error });
  }
}

/** Judges a drawing: an entry for each part, then one for each thing that is wrong. */
export function verifyDrawing(file: string, drawing: MessageDrawing): VerifiedEntry {
  const found = checkMessageDrawing(drawing);
  const fields = PARTS.flatMap((part): FieldFinding[] => {
    const wrong = found.filter((each) => each.part === part);
    // Without an order of the arrows nothing else can be judged.
    if (wrong.length === 0 && part !== 'arrows' && found.some((each) => each.part === 'arrows')) return [];
    if (wrong.length === 0) return [{ field: part, status: 'holds', reason: 'as the messages have it' }];
    return wrong.map(({ message }): FieldFinding => ({ field: part, status: 'false', reason: message }));
  });
  return { file, form: 'message-trace drawing', holds: found.length === 0, fields, runs: [] };
}

/** The same for people. */
export function describeDrawing(
  io: Io,
  { file, fields, holds }: VerifiedEntry,
  { events }: MessageDrawing,
): string {
  const table = columns(
    fields.map(({ field, status, reason }) => [`  ${field}`, status === 'holds' ? 'holds' : 'WRONG', reason]),
  );
  const wrong = fields.filter(({ status }) => status !== 'holds').length;
  const sum = holds
    ? `${counted(events.length, 'event')}, every stamp and pair made again`
    : counted(wrong, 'mistake');
  return `Message trace: ${file}\n${table.join('\n')}\n${painted(io, holds ? 'holds' : 'violated', holds ? 'HOLDS' : 'VIOLATED')}  ${sum}\n`;
}
