import { encodePlain, type Plain } from '@holdfast/plain';
import type { Operation } from '../history/operation.ts';
import { isMicroOperations } from '../history/transaction.ts';

const LONGEST = 36;

/** An operation in a few characters: `write x 1`, `read x -> null`, `cas 1 to 2 refused`, `r x 1, append y 2`. */
export function labelOf(operation: Operation): string {
  return cut(wordsOf(operation), LONGEST);
}

function wordsOf(operation: Operation): string {
  const { f, key, input, output, outcome } = operation;
  const steps = outcome === 'ok' && isMicroOperations(output) ? output : input;
  if (isMicroOperations(steps) && steps.length > 0) {
    const told = steps.map(([step, name, value]) =>
      step === 'r' && outcome !== 'ok' ? `r ${name}` : `${step} ${name} ${shown(value)}`,
    );
    return outcome === 'fail' ? `${told.join(', ')} failed` : told.join(', ');
  }
  const parts = [f];
  if (key !== undefined) parts.push(key);
  if (f === 'cas' && Array.isArray(input) && input.length === 2) {
    parts.push(`${shown(input[0] as Plain)} to ${shown(input[1] as Plain)}`);
  } else if (input !== null) parts.push(shown(input));
  if (outcome === 'fail' || (f === 'cas' && output === false)) parts.push('refused');
  else if (outcome === 'ok' && (output !== null || input === null)) parts.push(`-> ${shown(output)}`);
  return parts.join(' ');
}

function shown(value: Plain): string {
  return typeof value === 'string' ? value : encodePlain(value);
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 3)}...`;
}
