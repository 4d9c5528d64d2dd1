import type { Operation } from '@holdfast/check';
import { equalPlain } from '@holdfast/plain';
import type { TraceEvent } from '@holdfast/trace';
import type { RunModel } from '../model/model.ts';
import { nodeName } from '../model/model.ts';
import { stateAt } from '../model/nodes.ts';
import { oneLine } from './escape.ts';
import { clip, plainText } from './format.ts';

/** What an operation asked: `write x 5`, `cas x 1→2`, `read x`. */
export function callText(operation: Operation): string {
  const key = operation.key === undefined ? '' : ` ${operation.key}`;
  return oneLine(`${operation.f}${key}${inputText(operation)}`);
}

function inputText(operation: Operation): string {
  const { input } = operation;
  if (input === null) return '';
  if (operation.f === 'cas' && Array.isArray(input) && input.length === 2) {
    return ` ${plainText(input[0] ?? null, 24)}→${plainText(input[1] ?? null, 24)}`;
  }
  return ` ${plainText(input, 40)}`;
}

/** How an operation ended: `→ 5`, `ok`, `failed: not leader`, `unknown: timeout`. */
export function outcomeText(operation: Operation): string {
  const { outcome, output } = operation;
  if (outcome === 'ok') return output === null || output === true ? 'ok' : `→ ${plainText(output, 40)}`;
  const word = outcome === 'fail' ? 'failed' : 'unknown';
  return output === null ? word : `${word}: ${plainText(output, 60)}`;
}

/** An operation in one line: `write x 5 ok`, `read x → 5`. */
export function operationText(operation: Operation): string {
  return `${callText(operation)} ${outcomeText(operation)}`;
}

/** One sentence, without full stop, that says what an event is to somebody who does not see the picture. */
export function eventSentence(model: RunModel, event: TraceEvent): string {
  const who = nodeName(model, event.node);
  const label = oneLine(event.label);
  switch (event.kind) {
    case 'send':
    case 'deliver':
    case 'drop':
      return oneLine(messageSentence(model, event));
    case 'invoke':
    case 'ok':
    case 'fail':
    case 'unknown':
      return oneLine(operationSentence(model, event, who));
    case 'state':
      return oneLine(stateSentence(model, event, who));
    case 'fault':
    case 'heal':
      return oneLine(worldSentence(event, who, label));
    case 'violation':
    case 'clock':
    case 'disk':
      return oneLine(`${worldSentence(event, who, label)}${detail(event)}`);
    default:
      return oneLine(`${localSentence(event, who, label)}`);
  }
}

function localSentence(event: TraceEvent, who: string, label: string): string {
  const named = label === '' || label === who || label === event.kind ? '' : `: ${label}`;
  switch (event.kind) {
    case 'boot':
      return `${who} starts`;
    case 'timer':
      return `${who}: timer ${label} fires`;
    case 'store':
      return `${who} writes to disk${named}`;
    case 'stored':
      return `${who}: write is durable${named}`;
    case 'crash':
      return `${who} crashes${named}`;
    case 'restart':
      return `${who} restarts${named}`;
    case 'pause':
      return `${who} pauses${named}`;
    case 'resume':
      return `${who} resumes${named}`;
    default:
      return `${who} notes ${label}${detail(event)}`;
  }
}

function worldSentence(event: TraceEvent, who: string, label: string): string {
  const at = event.node < 0 ? '' : ` at ${who}`;
  switch (event.kind) {
    case 'fault':
      return `fault begins${at}: ${label}`;
    case 'heal':
      return `fault ends${at}: ${label}`;
    case 'violation':
      return `violation${at}: ${label}`;
    case 'clock':
      return `clock changes${at}: ${label}`;
    default:
      return `disk fault${at}: ${label}`;
  }
}

function messageSentence(model: RunModel, event: TraceEvent): string {
  const message = model.messageOf.get(event.message);
  const from = nodeName(model, message?.from ?? event.node);
  const to = nodeName(model, message?.to ?? event.peer);
  const label = message?.label ?? event.label;
  if (event.kind === 'send') return `${from} sends ${label} to ${to}`;
  const end = message?.ends.find((candidate) => candidate.event === event.id);
  if (event.kind === 'drop') {
    const why = end?.reason ?? '';
    return `${label} from ${from} to ${to} is lost${why === '' ? '' : `: ${why}`}`;
  }
  const how = [end?.duplicate && 'again (duplicate)', end?.corrupt && 'corrupted', end?.late && 'late'];
  const said = how.filter((word) => typeof word === 'string').join(', ');
  return `${to} receives ${label} from ${from}${said === '' ? '' : ` ${said}`}`;
}

function operationSentence(model: RunModel, event: TraceEvent, who: string): string {
  const operation = model.operations.get(event.operation);
  const call = operation === undefined ? event.label : callText(operation);
  switch (event.kind) {
    case 'invoke':
      return `${who} asks ${call}`;
    case 'ok':
      return `${who} gets its answer: ${operation === undefined ? `${call} ok` : operationText(operation)}`;
    case 'fail':
      return `${who} hears that ${call} failed`;
    default:
      return `${who} does not learn the outcome of ${call}`;
  }
}

function stateSentence(model: RunModel, event: TraceEvent, who: string): string {
  const changed = changedState(model, event);
  return changed === '' ? `${who} shows the same state as before` : `${who} is now ${changed}`;
}

/** The parts of a state view that differ from the node's view before. */
function changedState(model: RunModel, event: TraceEvent): string {
  const timeline = model.nodes[event.node];
  const now = timeline === undefined ? undefined : stateAt(timeline, event.id);
  if (timeline === undefined || now === undefined || now.event !== event.id)
    return plainText(event.data, 100);
  const before = stateAt(timeline, event.id - 1);
  const changed = Object.keys(now.view).filter((key) => !equalPlain(now.view[key], before?.view[key]));
  return changed.map((key) => `${key} ${plainText(now.view[key] ?? null, 24)}`).join(', ');
}

function detail(event: TraceEvent): string {
  if (event.data === null) return '';
  // Prose stays prose; `oneLine` guards it where the sentence is finished.
  return ` (${typeof event.data === 'string' ? clip(event.data, 200) : plainText(event.data, 120)})`;
}
