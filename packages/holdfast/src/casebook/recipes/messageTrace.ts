import {
  checkMessageDrawing,
  type DrawingFinding,
  layoutMessageDrawing,
  type MessageDrawing,
  messageTrace,
  orderOf,
  sceneToSvgFile,
  twinOf,
  vectorText,
} from '@holdfast/report';
import type { CaseRuns, DocumentRecipe, FieldSource } from '../case.ts';
import { type EditorEvent } from './editorRun.ts';
import { firstSmall } from './threeNodeTrace.ts';

const NODES: readonly string[] = ['A', 'B', 'C'];

/** A run as somebody would draw it: events, messages, and the stamps that the replicas themselves gave. */
function drawingOf(events: readonly EditorEvent[]): MessageDrawing {
  const drawing: MessageDrawing = {
    format: 'holdfast-message-trace',
    version: 1,
    nodes: NODES,
    events: events.map(({ name, node, kind, id, what, lamport, vector }) => ({
      name,
      node,
      kind: kind === 'edit' ? 'send' : 'receive',
      message: `m${id}`,
      what,
      lamport,
      vector: NODES.map((each) => vector[each] ?? 0),
    })),
  };
  return { ...drawing, concurrent: incomparable(drawing) };
}

/** The pairs that the vectors of the run call concurrent: neither is below the other. */
function incomparable({ events }: MessageDrawing): NonNullable<MessageDrawing['concurrent']> {
  const isWithin = (a: readonly number[] = [], b: readonly number[] = []): boolean =>
    a.every((count, i) => count <= (b[i] ?? 0));
  return events.flatMap((a, i) =>
    events
      .slice(i + 1)
      .filter((b) => !isWithin(a.vector, b.vector) && !isWithin(b.vector, a.vector))
      .map((b): readonly [string, string] => [a.name, b.name]),
  );
}

/** Fills a message trace (S4.34) from the first seed of a small editor experiment in which something is concurrent. */
export function messageTraceOf(experiment: string): DocumentRecipe {
  const drawn = (runs: CaseRuns): { readonly drawing: MessageDrawing; readonly seed: number } => {
    const { events, seed } = firstSmall(runs, experiment);
    return { drawing: drawingOf(events), seed };
  };
  return {
    form: messageTrace,
    fill: (runs) => {
      const { drawing, seed } = drawn(runs);
      return fieldsOf(drawing, (text) => [{ text, experiment, seed }]);
    },
    attachments: (runs) => {
      const { drawing } = drawn(runs);
      return {
        'message-trace.svg': sceneToSvgFile(layoutMessageDrawing(drawing)),
        'message-trace.drawing.json': `${JSON.stringify(drawing, null, 1)}\n`,
      };
    },
  };
}

function fieldsOf(
  drawing: MessageDrawing,
  cite: (text: string) => FieldSource['evidence'],
): Readonly<Record<string, FieldSource>> {
  const { events, nodes, concurrent = [] } = drawing;
  const findings = checkMessageDrawing(drawing);
  const wrong = (part: DrawingFinding['part']): string[] =>
    findings.filter((each) => each.part === part).map(({ message }) => message);
  const pairs = (events.length * (events.length - 1)) / 2;
  const received = (message: string | undefined): string =>
    events
      .filter(({ kind, message: of }) => kind === 'receive' && of === message)
      .map(({ name }) => name)
      .join(', ');
  return {
    Diagram: {
      facts: {
        events: events.length,
        nodes: [...nodes],
        twin: twinOf(layoutMessageDrawing(drawing), 'index').map(({ text }) => text),
      },
      evidence: cite(
        `${events.length} events; ${orderOf(drawing).sorted.length} of them in an order that every message respects`,
      ),
    },
    Messages: {
      facts: {
        wrong: wrong('arrows'),
        lines: events
          .filter(({ kind }) => kind === 'send')
          .map(
            ({ name, message }) =>
              `${name} sends ${message}: received at ${received(message) || 'no other node'}`,
          ),
      },
      evidence: cite('each is sent once, and received after it was sent'),
    },
    'Lamport timestamps': {
      facts: {
        wrong: wrong('Lamport stamps'),
        lines: events.map(({ name, lamport }) => `${name} ${lamport}`),
      },
      evidence: cite('one more than the greater of what the node had and what it heard'),
    },
    'Vector timestamps': {
      facts: {
        wrong: wrong('vector stamps'),
        lines: events.map(({ name, vector = [] }) => `${name} ${vectorText(vector)}`),
      },
      evidence: cite(`the entries are those of ${nodes.join(', ')}`),
    },
    'Concurrent pairs': {
      facts: { wrong: wrong('concurrent pairs'), lines: concurrent.map(([a, b]) => `${a} and ${b}`) },
      evidence: cite(
        `${concurrent.length} of ${pairs} pairs: no chain of messages leads from one to the other`,
      ),
    },
  };
}
