import { describe, expect, it } from 'vitest';
import { differences, documentedFields } from '../cli/jsonSchema.ts';
import { holdfast, ROOT } from '../cli/support.ts';

describe('holdfast review', () => {
  it('ends with 1 and names the rule when one is violated, as documented JSON', async () => {
    const words = ['review', 'casebook/review/variants.ts#DR8', '--list', 'design', '--json'];
    const { code, out, err } = await holdfast(words, ROOT);
    expect({ code, err }).toEqual({ code: 1, err: '' });
    const document = JSON.parse(out) as { rules: { id: string; status: string }[] };
    expect(document.rules.filter(({ status }) => status === 'violated')).toMatchObject([{ id: 'DR8' }]);
    expect(differences(document, documentedFields('`review`'))).toEqual([]);
  });

  it('ends with 2 for a file without a service, a list that is not there, and a name that is not in the file', async () => {
    const unusable = async (...words: string[]): Promise<string> => {
      const { code, err } = await holdfast(['review', ...words], ROOT);
      expect(code).toBe(2);
      return err;
    };
    expect(await unusable('casebook/review/front.ts')).toContain('no description of a service');
    expect(await unusable('casebook/review/none.ts')).toContain('no such file');
    expect(await unusable('casebook/review/variants.ts#DR99')).toContain('Cannot choose');
    expect(await unusable('casebook/review/orders.ts', '--list', 'desing')).toContain('design');
  });
});
