import { encodePlain, type Plain } from '@holdfast/plain';

const LONGEST_SHOWN = 60;

/** A value as a sentence shows it; long ones are cut in the middle. */
export function showValue(value: Plain): string {
  const text = encodePlain(value);
  if (text.length <= LONGEST_SHOWN) return text;
  const half = (LONGEST_SHOWN - 3) >> 1;
  return `${text.slice(0, half)}...${text.slice(-half)}`;
}
