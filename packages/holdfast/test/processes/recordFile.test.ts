import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DamagedRecordsError, RecordFile } from '../../src/node/processes/recordFile.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hf-records-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = fc.record({
  key: fc.constantFrom('a', 'b', 'c'),
  value: fc.oneof(fc.constant(null), fc.integer(), fc.string(), fc.array(fc.integer(), { maxLength: 3 })),
});

describe('the records of a node on a disk', () => {
  it('hold the last value of every key that was not removed, however often they are opened', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(write, { maxLength: 4 }), { minLength: 1, maxLength: 5 }),
        async (batches) => {
          rmSync(join(folder, 'records'), { force: true });
          const expected = new Map<string, unknown>();
          for (const batch of batches) {
            const file = await RecordFile.open(folder);
            expect(file.records).toEqual(Object.fromEntries(expected));
            file.append(batch);
            await file.write();
            await file.sync();
            await file.close();
            for (const { key, value } of batch) {
              if (value === null) expected.delete(key);
              else expected.set(key, value);
            }
          }
          const last = await RecordFile.open(folder);
          expect(last.records).toEqual(Object.fromEntries(expected));
          await last.close();
        },
      ),
      { numRuns: 20, seed: 1 },
    );
  });

  it('lose what a crash has cut short, and nothing before it', async () => {
    const file = await RecordFile.open(folder);
    file.append([{ key: 'term', value: 1 }]);
    file.append([{ key: 'term', value: 2 }]);
    await file.write();
    await file.sync();
    await file.close();
    const path = join(folder, 'records');
    const whole = readFileSync(path, 'utf8');
    const second = whole.trimEnd().lastIndexOf('\n') + 1;
    for (let length = second; length < whole.length; length++) {
      writeFileSync(path, whole.slice(0, length));
      const again = await RecordFile.open(folder);
      expect(again.records, `cut at ${length} of ${whole.length}`).toEqual({ term: 1 });
      await again.close();
    }
  });

  it('are refused when one in the middle does not read as it was written', async () => {
    const file = await RecordFile.open(folder);
    file.append([{ key: 'vote', value: 3 }]);
    await file.write();
    await file.sync();
    await file.close();
    const path = join(folder, 'records');
    writeFileSync(path, readFileSync(path, 'utf8').replace('"vote",3', '"vote",2'));
    appendFileSync(path, '00000000 []\n');
    await expect(RecordFile.open(folder)).rejects.toThrow(DamagedRecordsError);
  });
});
