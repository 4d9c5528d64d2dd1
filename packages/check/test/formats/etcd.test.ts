import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseHistory, printHistory, validateHistory } from '@holdfast/check';

const ROOT = fileURLToPath(new URL('../../fixtures/', import.meta.url));

function files(folder: string, ending: string): string[] {
  const names = readdirSync(`${ROOT}${folder}`).sort();
  return names
    .filter((name) => name.endsWith(ending))
    .map((name) => readFileSync(`${ROOT}${folder}/${name}`, 'utf8'));
}

describe('published histories', () => {
  it('reads every etcd log, each line accounted for, and gives it back through JSON lines and its own format', () => {
    const texts = files('jepsen-etcd', '.log');
    expect(texts.length).toBe(52);
    for (const text of texts) {
      const { history, format, annotations, warnings } = parseHistory(text);
      expect([format, warnings.filter((warning) => !warning.includes('still open'))]).toEqual([
        'jepsen-log',
        [],
      ]);
      validateHistory(history);
      const lines = text.split('\n').filter((line) => line.trim() !== '');
      const invoked = lines.filter((line) => line.includes(':invoke')).length;
      expect(history.operations.length).toBe(invoked);
      const completed = lines.filter((line) => /:(?:ok|fail|info)\b/.test(line)).length;
      expect(completed - annotations.length).toBeLessThanOrEqual(invoked);
      expect(parseHistory(printHistory(history, 'jsonl')).history.operations).toEqual(history.operations);
      const again = parseHistory(printHistory(history, 'jepsen-log')).history.operations;
      expect(again.map(({ f, input, outcome }) => [f, input, outcome])).toEqual(
        history.operations.map(({ f, input, outcome }) => [f, input, outcome]),
      );
    }
  });

  it('reads every key-value history, keys as keys', () => {
    for (const text of files('kv', '.txt')) {
      const { history, format, warnings } = parseHistory(text);
      expect([format, warnings]).toEqual(['jepsen-edn', []]);
      validateHistory(history);
      expect(history.operations.length * 2).toBe(text.trim().split('\n').length);
      expect(history.operations.every(({ key }) => key !== undefined)).toBe(true);
      expect(parseHistory(printHistory(history, 'jepsen-edn')).history.operations).toEqual(
        history.operations,
      );
    }
  });
});
