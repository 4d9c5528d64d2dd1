import type { FaultSpan, Trace, TraceEvent } from '@holdfast/trace';
import { collectMessages, type Message, type MessageEnd } from '../model/messages.ts';
import { formatTime, plainText } from '../text/format.ts';
import { oneLine } from '../text/escape.ts';

/** Lines of a diagram that renderers still draw well; what is beyond is counted in the text. */
const MAX_LINES = 400;

interface Step {
  readonly order: number;
  readonly line: string;
}

/** What a diagram is made for: only events from `from` to `until`, simulated microseconds. */
export interface MermaidOptions {
  readonly from?: number;
  readonly until?: number;
}

/**
 * A run as a Mermaid sequence diagram. It has order, not time: a message stands where it arrives or is lost, so that every node's
 * own order is kept. Faults, crashes, pauses, changes of role, and operations stand as notes.
 */
export function printMermaid(trace: Trace, options: MermaidOptions = {}): string {
  const { from = 0, until = Number.POSITIVE_INFINITY } = options;
  const inside = (event: TraceEvent): boolean => event.at >= from && event.at <= until;
  const { messages } = collectMessages(trace);
  const names = trace.nodes.map(({ name }, i) => ({ id: `n${i}`, name: mermaidText(name) }));
  const used = new Set<number>();
  const roles = new Map<number, string>();
  const steps: Step[] = [];
  for (const message of messages) {
    for (const end of message.ends) {
      const event = trace.events[end.event];
      if (event === undefined || !inside(event)) continue;
      used.add(message.from).add(message.to);
      steps.push({ order: event.id, line: arrow(message, end) });
    }
  }
  for (const event of trace.events) {
    // Asked outside the window too, where it only learns what roles there are.
    const said = noteText(event, roles);
    const text = inside(event) ? said : '';
    if (text === '') continue;
    const nodes = event.node >= 0 ? [event.node] : spanNodes(trace, event);
    for (const node of nodes) used.add(node);
    if (nodes.length > 0) steps.push({ order: event.id, line: note(nodes, text) });
  }
  steps.sort((a, b) => a.order - b.order);
  const participants = names
    .filter((_, i) => used.has(i))
    .map(({ id, name }) => `  participant ${id} as ${name}`);
  const lines = [
    'sequenceDiagram',
    ...participants,
    ...steps.slice(0, MAX_LINES).map(({ line }) => `  ${line}`),
  ];
  const rest = steps.length - MAX_LINES;
  if (rest > 0) lines.push(`  %% ${rest} more steps are left out; choose a window with from and until`);
  return `${lines.join('\n')}\n`;
}

function arrow({ from, to, label, sentAt }: Message, end: MessageEnd): string {
  const flaws = [
    end.kind === 'drop' ? `lost${end.reason === '' ? '' : `: ${end.reason}`}` : '',
    end.duplicate ? 'duplicate' : '',
    end.late ? 'late' : '',
    end.corrupt ? 'corrupt' : '',
  ].filter((word) => word !== '');
  const said = flaws.length === 0 ? '' : ` (${flaws.join(', ')})`;
  const head = end.kind === 'drop' ? '-x' : '->>';
  return `n${from}${head}n${to}: ${mermaidText(`${label}${said}`)} [${formatTime(sentAt)}]`;
}

function note(nodes: readonly number[], text: string): string {
  const ends = nodes.length === 1 ? nodes : [Math.min(...nodes), Math.max(...nodes)];
  return `Note over ${ends.map((node) => `n${node}`).join(',')}: ${mermaidText(text)}`;
}

function spanNodes(trace: Trace, event: TraceEvent): readonly number[] {
  const span = trace.faults.find(
    (fault: FaultSpan) =>
      fault.text === event.label && (event.kind === 'fault' ? fault.from : fault.until) === event.at,
  );
  if (span !== undefined && span.nodes.length > 0) return span.nodes;
  return trace.nodes.flatMap(({ role }, i) => (role === 'server' ? [i] : []));
}

function noteText(event: TraceEvent, roles: Map<number, string>): string {
  switch (event.kind) {
    case 'crash':
    case 'restart':
    case 'pause':
    case 'resume':
      return event.kind;
    case 'fault':
      return event.label;
    case 'heal':
      return `end of ${event.label}`;
    case 'violation':
      return `violation: ${event.label}`;
    case 'invoke':
      return `asks ${event.label}`;
    case 'ok':
    case 'fail':
    case 'unknown':
      return `${event.label}: ${event.kind}${event.data === null ? '' : ` ${plainText(event.data, 30)}`}`;
    case 'state':
      return roleChange(event, roles);
    default:
      return '';
  }
}

/** A state only where its role or term is another than the one before. */
function roleChange(event: TraceEvent, roles: Map<number, string>): string {
  const { data } = event;
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return '';
  const view = data as Readonly<Record<string, unknown>>;
  const round = ['term', 'ballot', 'view', 'epoch'].find((key) => typeof view[key] === 'number');
  if (typeof view['role'] !== 'string') return '';
  const text = `${view['role']}${round === undefined ? '' : ` ${round} ${String(view[round])}`}`;
  const before = roles.get(event.node);
  roles.set(event.node, text);
  return before === text || before === undefined ? '' : text;
}

/** Text that ends no statement and starts no markup: `;`, `#`, `<`, `>`, `%`, braces and line breaks become entities. */
function mermaidText(text: string): string {
  return oneLine(text).replace(/[;#<>%{}[\]"`]/g, (character) => `#${character.charCodeAt(0)};`);
}
