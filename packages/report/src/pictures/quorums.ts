import { decoration, type Mark, type Scene, type Shape, textWidth } from '../scene/scene.ts';
import { oneLine } from '../text/escape.ts';

/** A set of nodes that decides, or is silent, or is read. */
export interface QuorumSet {
  readonly name: string;
  /** Indexes into the nodes. */
  readonly members: readonly number[];
}

/** Quorums side by side, and what they show. */
export interface QuorumDiagram {
  readonly title: string;
  readonly nodes: readonly string[];
  readonly sets: readonly QuorumSet[];
  /** Nodes that may lie, or are silent, as `flaw` says. */
  readonly flawed?: readonly number[];
  readonly flaw?: string;
  /** Whether the rule holds, and why, in a sentence. */
  readonly holds: boolean;
  readonly says: string;
}

const COLUMN = 64;
const ROW = 40;
const TOP = 54;

/**
 * Nodes as columns, quorums as rows of boxes; a node in every set is shared, and the row at the foot says so. The counterexample of
 * a rule that does not hold is a pair of rows with no column in common.
 */
export function layoutQuorums(diagram: QuorumDiagram, width: number): Scene {
  const { nodes, sets, title, says, holds } = diagram;
  const left = Math.min(190, Math.max(96, ...sets.map(({ name }) => textWidth(name, 11, true) + 20)));
  const step = Math.min(COLUMN, (width - left - 16) / Math.max(1, nodes.length));
  const x = (node: number): number => left + step * (node + 0.5);
  const flawed = new Set(diagram.flawed);
  const shared = nodes.map((_, i) => i).filter((node) => sets.every(({ members }) => members.includes(node)));
  const bottom = TOP + sets.length * ROW;
  const marks: Mark[] = [
    verdictMark(diagram, width),
    ...nodes.map((name, node) => headMark(name, x(node), flawed.has(node), diagram.flaw ?? '', bottom)),
    ...sets.map((set, row) => setMark(set, nodes, x, step, TOP + row * ROW)),
    sharedMark(shared, nodes, x, bottom, sets.length),
  ];
  return {
    id: 'quorums',
    title,
    description: `${holds ? 'Holds' : 'Does not hold'}: ${says}`,
    width,
    height: bottom + 34,
    marks,
    notes: [],
  };
}

function verdictMark({ holds, says }: QuorumDiagram, width: number): Mark {
  const text = `${holds ? '✓' : '✗'} ${says}`;
  const lines = wrapped(text, width - 24);
  const shapes = lines.map((line, i): Shape => ({ kind: 'text', at: { x: 12, y: 14 + i * 14 }, text: line }));
  return { class: `rule ${holds ? 'holds' : 'broken'}`, at: 0, text: oneLine(says), events: [], shapes };
}

/** At most two lines; what does not fit is cut, and stands whole in the text twin. */
function wrapped(text: string, width: number): readonly string[] {
  if (textWidth(text) <= width) return [text];
  const words = text.split(' ');
  let first = '';
  while (words.length > 0 && textWidth(`${first} ${words[0]}`) <= width)
    first = `${first} ${words.shift()}`.trim();
  let second = words.join(' ');
  while (second.length > 1 && textWidth(`${second}…`) > width) second = second.slice(0, -1);
  return [first, second === words.join(' ') ? second : `${second}…`];
}

function headMark(name: string, x: number, flawed: boolean, flaw: string, bottom: number): Mark {
  const shapes: Shape[] = [
    { kind: 'line', from: { x, y: TOP - 2 }, to: { x, y: bottom } },
    {
      kind: 'text',
      class: 'name',
      at: { x, y: TOP - 8 },
      text: flawed ? `${name} ✗` : name,
      anchor: 'middle',
    },
  ];
  const text = flawed ? `${name} ${flaw}` : '';
  return { class: `lane node${flawed ? ' flawed' : ''}`, at: 0, text, events: [], shapes };
}

function setMark(
  { name, members }: QuorumSet,
  nodes: readonly string[],
  x: (node: number) => number,
  step: number,
  y: number,
): Mark {
  const half = Math.min(20, step / 2 - 3);
  const sorted = members.toSorted((a, b) => a - b);
  const shapes: Shape[] = [{ kind: 'text', class: 'name', at: { x: 10, y: y + 24 }, text: name }];
  const [first] = sorted;
  const last = sorted.at(-1);
  if (first !== undefined && last !== undefined) {
    shapes.push({
      kind: 'line',
      class: 'link',
      from: { x: x(first), y: y + 20 },
      to: { x: x(last), y: y + 20 },
    });
  }
  for (const node of sorted) {
    shapes.push({
      kind: 'rect',
      class: 'member',
      x: x(node) - half,
      y: y + 8,
      width: half * 2,
      height: 24,
      radius: 5,
    });
    shapes.push({
      kind: 'text',
      class: 'in',
      at: { x: x(node), y: y + 24 },
      text: nodes[node] ?? '',
      anchor: 'middle',
    });
  }
  const names = sorted.map((node) => nodes[node] ?? '').join(', ');
  return { class: 'quorum', at: 0, text: oneLine(`${name}: ${names || 'nobody'}`), events: [], shapes };
}

function sharedMark(
  shared: readonly number[],
  nodes: readonly string[],
  x: (node: number) => number,
  y: number,
  sets: number,
): Mark {
  if (sets < 2) return decoration('shared', []);
  const names = shared.map((node) => nodes[node] ?? '').join(', ');
  const text = shared.length === 0 ? 'No node is in all of them' : `In all of them: ${names}`;
  const shapes: Shape[] = [
    {
      kind: 'text',
      class: 'name',
      at: { x: 10, y: y + 20 },
      text: shared.length === 0 ? 'shared: none' : 'shared',
    },
    ...shared.map((node): Shape => ({ kind: 'circle', center: { x: x(node), y: y + 15 }, radius: 7 })),
  ];
  return {
    class: `shared${shared.length === 0 ? ' none' : ''}`,
    at: 0,
    text: oneLine(text),
    events: [],
    shapes,
  };
}
