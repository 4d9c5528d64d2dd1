import { writeFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import {
  buildModel,
  checkMessageDrawing,
  completed,
  firstView,
  layoutMessageDrawing,
  layoutQuorums,
  type MessageDrawing,
  picturesOf,
  printChromeTrace,
  printMermaid,
  printRunDocument,
  printShiviz,
  type QuorumDiagram,
  renderReport,
  renderTextTimeline,
  type RunModel,
  type RunReport,
  sceneToSvgFile,
  twinToText,
  verdictMarks,
  type View,
} from '@holdfast/report';
import type { History } from '@holdfast/check';
import type { Trace } from '@holdfast/trace';
import { DEFAULT_FOLDER } from '../../node/finding.ts';
import { readGiven } from '../../node/files.ts';
import { InputError, messageOf, systemCode } from '../../node/inputError.ts';
import { shellWord, shownPath } from '../../node/command.ts';
import { compressed, writeReport } from '../../node/report.ts';
import { judgeFor } from '../../node/judgeHistory.ts';
import { readRun } from '../../node/readRun.ts';
import type { Drawing, PictureName } from '../drawCommand.ts';
import { EXIT_CODES, type ExitCode } from '../exitCodes.ts';
import { exploredRunReport, isExploredRun } from '../exploredRunReport.ts';
import { isEvidence, rerunEvidence } from '../evidenceRun.ts';
import type { Io } from '../io.ts';
import { quorumDiagram } from '../quorumWords.ts';
import { drawingIn } from './verifyDrawing.ts';

/** What `holdfast draw` takes. */
export interface DrawOptions {
  readonly format: Drawing;
  readonly picture: PictureName;
  readonly out?: string;
  /** Milliseconds of simulated time. */
  readonly from?: number;
  readonly until?: number;
  readonly experiment?: string;
  /** What to judge a history by. */
  readonly model?: string;
}

/** A run to draw, and what is said of it in a report. */
interface Drawn {
  readonly report: RunReport;
  readonly model: RunModel;
}

/** Width of a picture in pixels. */
const WIDTH = 1190;
/** Width of a quorum diagram in pixels. */
const QUORUM_WIDTH = 760;
/** Anomalies drawn on a page; the verdict counts them all. */
const MOST_ANOMALIES = 12;
/** Characters of a line of a timeline. */
const COLUMNS = 110;

/** `holdfast draw`: a run, whoever recorded it, as a page, a picture, or in another tool's format. */
export async function draw(file: string, options: DrawOptions, io: Io): Promise<ExitCode> {
  const quorums = quorumDiagram(file);
  if (quorums !== undefined && options.format === 'svg') {
    return finish(sceneToSvgFile(layoutQuorums(quorums, QUORUM_WIDTH)), options, io);
  }
  const drawing = quorums === undefined ? drawingAt(resolve(io.cwd, file), file) : undefined;
  if (drawing !== undefined) return finish(ofDrawing(drawing, options.format), options, io);
  const drawn = quorums === undefined ? await read(file, options, io) : ofQuorums(quorums, file);
  if (options.format === 'html' && options.out === undefined) {
    const title = drawn.report.title;
    const base = basename(file)
      .replace(/\.\w+$/, '')
      .replace(/[^\w.-]+/g, '-');
    const path = writeReport(resolve(io.cwd, DEFAULT_FOLDER), base, pageOf(drawn.report, title));
    io.out(`report    ${shownPath(path, io.cwd)}\n`);
    return EXIT_CODES.holds;
  }
  return finish(printed(drawn, options), options, io);
}

function finish(text: string, { out }: DrawOptions, io: Io): ExitCode {
  if (out === undefined) io.out(text);
  else write(resolve(io.cwd, out), text);
  return EXIT_CODES.holds;
}

function drawingAt(path: string, shown: string): MessageDrawing | undefined {
  if (!path.endsWith('.json')) return undefined;
  return drawingIn(new TextDecoder().decode(readGiven(path, 'a run')), shown);
}

/** A message trace that somebody drew, or the same with every stamp and pair filled in. */
function ofDrawing(drawing: MessageDrawing, format: Drawing): string {
  const [wrong] = checkMessageDrawing(drawing).filter(({ part }) => part === 'arrows');
  if (wrong !== undefined) {
    throw new InputError(
      `Cannot draw this: ${wrong.message}`,
      'mend its messages; verify names all mistakes',
    );
  }
  switch (format) {
    case 'svg':
      return sceneToSvgFile(layoutMessageDrawing(drawing));
    case 'text':
      return `${twinToText(layoutMessageDrawing(drawing), 'index')}\n`;
    case 'json':
      return `${JSON.stringify(completed(drawing), null, 1)}\n`;
    default:
      throw new InputError(
        `Cannot write a drawn message trace as ${format}`,
        'write it as svg or text, or as json with every stamp and pair filled in',
      );
  }
}

/** A page of nothing but a diagram. */
function ofQuorums(diagram: QuorumDiagram, file: string): Drawn {
  const trace: Trace = { nodes: [], events: [], faults: [], endedAt: 0 };
  const history: History = { operations: [], timeUnit: 'us' };
  const report = { ...bare(file, 'quorums'), trace, history, verdicts: [], quorums: [diagram] };
  return { report, model: buildModel({ trace, history, verdicts: [] }) };
}

/** What a report says of a run that was not simulated. */
function bare(
  file: string,
  experiment: string,
  model?: string,
): Omit<RunReport, 'trace' | 'history' | 'verdicts'> {
  const digest = 'none: not a simulated run';
  const judged = model === undefined ? '' : ` --model ${shellWord(model)}`;
  const command = `npx holdfast draw ${shellWord(file)}${judged}`;
  return { title: basename(file), experiment, seed: null, command, digest };
}

function pageOf(report: RunReport, title: string): Parameters<typeof renderReport>[0] {
  return { title, generatedFor: report.experiment, runs: [report] };
}

async function read(file: string, { experiment, model }: DrawOptions, io: Io): Promise<Drawn> {
  const path = resolve(io.cwd, file);
  const content = readGiven(path, 'a run');
  if (isEvidence(content)) {
    const report = await rerunEvidence(path, file, experiment, io);
    return { report, model: buildModel({ ...report, verdicts: report.verdicts.map(verdictMarks) }) };
  }
  if (isExploredRun(content)) {
    const report = await exploredRunReport(path, file, io);
    return { report, model: buildModel({ ...report, verdicts: report.verdicts.map(verdictMarks) }) };
  }
  const { kind, trace, history, verdicts, warnings } = readRun(content, file);
  for (const warning of warnings) io.err(`${file}: ${warning}\n`);
  const judge = judgeFor(model === undefined ? {} : { model });
  const found = judge?.judge(history, {});
  const report: RunReport = {
    ...bare(file, kind, model),
    trace,
    history,
    verdicts: found === undefined ? [] : [found],
    ...(found?.anomalies === undefined ? {} : { anomalies: found.anomalies.slice(0, MOST_ANOMALIES) }),
  };
  const marks = found === undefined ? verdicts : [verdictMarks(found)];
  return { report, model: buildModel({ trace, history, verdicts: marks }) };
}

function printed({ report, model }: Drawn, options: DrawOptions): string {
  const { trace, history } = report;
  const window = { from: (options.from ?? 0) * 1000, until: (options.until ?? Infinity) * 1000 };
  switch (options.format) {
    case 'html':
      return renderReport(pageOf(report, report.title), { compress: compressed });
    case 'svg':
      return svg(model, options);
    case 'text':
      return `${timeline(report, window.from, window.until)}\n`;
    case 'mermaid':
      assertEvents(trace, 'a sequence diagram');
      return printMermaid(trace, window);
    case 'shiviz':
      assertEvents(trace, 'a ShiViz log');
      return printShiviz(trace);
    case 'chrome':
      return printChromeTrace(trace, history);
    case 'json':
      return printRunDocument({ trace, history });
  }
}

/** A history alone says nothing of messages. */
function assertEvents(trace: Trace, what: string): void {
  if (trace.events.length > 0) return;
  throw new InputError(
    `Cannot write ${what}: this run has operations only, no messages between nodes`,
    'draw it as html, svg, text, chrome or json',
  );
}

function svg(model: RunModel, { picture, from, until }: DrawOptions): string {
  const found = picturesOf(model).find(({ id }) => id === picture) ?? picturesOf(model).at(-1);
  if (found === undefined) throw new InputError('Cannot draw this: it holds nothing', 'give another file');
  const first = firstView(model, WIDTH);
  const view: View = {
    ...first,
    from: from === undefined ? first.from : from * 1000,
    until: until === undefined ? first.until : until * 1000,
  };
  return sceneToSvgFile(found.layout(model, view));
}

/** The timeline of a window: a line's number is its event's. */
function timeline({ trace, history }: RunReport, from: number, until: number): string {
  const lines = renderTextTimeline(trace, history, { width: COLUMNS }).split('\n');
  return lines.filter((_, i) => within(trace.events[i]?.at, from, until)).join('\n');
}

function within(at: number | undefined, from: number, until: number): boolean {
  return at === undefined || (at >= from && at <= until);
}

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text, { flag: 'wx' });
  } catch (error) {
    if (systemCode(error) === 'EEXIST') {
      throw new InputError(
        `Cannot write ${path} as it is there already`,
        'give --out another name; nothing is overwritten',
      );
    }
    throw new InputError(`Cannot write ${path}: ${messageOf(error)}`, 'give --out a path you may write to', {
      cause: error,
    });
  }
}
