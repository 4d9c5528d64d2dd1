import { type Command, Option } from 'commander';
import type { ExitCode } from './exitCodes.ts';
import type { Io } from './io.ts';
import { milliseconds } from './numbers.ts';

/** What the command is, in a line. */
export const DRAW_ABOUT =
  'draw a run: evidence, a report, a ShiViz log, a recorded history, a Chrome trace; or turn one into another';

/** What a drawing can be written as. */
export const DRAWINGS = ['html', 'svg', 'text', 'mermaid', 'shiviz', 'chrome', 'json'] as const;
/** One of them. */
export type Drawing = (typeof DRAWINGS)[number];

/** The pictures an SVG can hold. */
export const PICTURES = ['messages', 'state', 'operations', 'overview'] as const;
/** One of them. */
export type PictureName = (typeof PICTURES)[number];

interface DrawFlags {
  readonly format: Drawing;
  readonly picture: PictureName;
  readonly out?: string;
  readonly from?: number;
  readonly until?: number;
  readonly experiment?: string;
  readonly model?: string;
}

/** Gives the command its options and its action. `done` hears how it ended. */
export function addDraw(command: Command, io: Io, done: (code: ExitCode) => void): void {
  command
    .addOption(new Option('--format <name>', 'what to write').choices(DRAWINGS).default('html'))
    .addOption(
      new Option('--picture <name>', 'which picture an SVG holds').choices(PICTURES).default('messages'),
    )
    .option('--out <file>', 'write there (default: html to holdfast-report, all else to the terminal)')
    .addOption(new Option('--from <ms>', 'draw from this simulated time on').argParser(milliseconds))
    .addOption(new Option('--until <ms>', 'draw until this simulated time').argParser(milliseconds))
    .option('--model <name>', 'judge a history by it first, and draw what was found')
    .option('--experiment <file>', 'where the experiment of evidence is now, when it has moved')
    .action(async (file: string, flags: DrawFlags) => {
      const { draw } = await import('./commands/draw.ts');
      done(await draw(file, flags, io));
    });
}
