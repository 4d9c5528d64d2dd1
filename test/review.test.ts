import { writeFileSync } from 'node:fs';
import { printMarkdownDocument } from '@holdfast/report';
import { Rehearsals, review, REVIEW_RULES, RunCache, runbookDocument } from 'holdfast';
import { describe, expect, it } from 'vitest';
import orders from '../casebook/review/orders.ts';
import variants from '../casebook/review/variants.ts';

/** The row of the checklist that a rule is a line of, by the letters of its id. */
const ROWS: Readonly<Record<string, string>> = {
  DR: 'S1.154',
  PR: 'S1.155',
  IN: 'S1.156',
  ON: 'S3.27',
  RB: 'S3.28',
  RC: 'S3.30',
};

// Variants that differ in their description alone share the runs of the good service.
const cache = new RunCache();

if (process.env.HOLDFAST_REWRITE !== undefined) {
  for (const runbook of orders.runbooks) {
    const document = runbookDocument(orders, runbook, new Rehearsals(orders, cache));
    const file = new URL(
      `../casebook/review/runbooks/${runbook.event.replaceAll(' ', '-')}.md`,
      import.meta.url,
    );
    if (document !== undefined) writeFileSync(file, printMarkdownDocument(document));
  }
}

describe('a review', () => {
  it('S1.154 S1.155 S1.156 S3.27 S3.28 S3.30 every rule holds for a service that keeps them all', () => {
    const { rules, status } = review(orders, { cache });
    expect(rules.filter((rule) => rule.status !== 'holds')).toEqual([]);
    expect(status).toBe('holds');
    expect(rules.map(({ id }) => id)).toEqual(REVIEW_RULES.map(({ id }) => id));
  });

  for (const { id, text } of REVIEW_RULES) {
    it(`${ROWS[id.slice(0, 2)]} ${id} alone is violated by a service without it: ${text}`, () => {
      const service = variants[id as keyof typeof variants];
      const { rules, status } = review(service, { cache });
      expect(rules.filter((rule) => rule.status !== 'holds')).toMatchObject([{ id, status: 'violated' }]);
      expect(status).toBe('violated');
    });
  }
});
