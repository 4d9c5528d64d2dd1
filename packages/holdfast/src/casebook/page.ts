import { ANCHORS, BASICS_ANCHORS, CAPSTONES, MECHANISMS } from './anchors.ts';

/** One thing a page lacks. */
export interface PageFault {
  /** Which rule: `failure-model`, `picture`, `mechanism`, `guarantees`, `document`, `order`, `anchor`, `capstone`. */
  readonly rule: string;
  readonly message: string;
}

/** The five steps of a case, in order (S0.1): the heading of each, and what its section must hold. */
const STEPS: readonly { readonly rule: string; readonly heading: string; readonly needs?: RegExp }[] = [
  { rule: 'failure-model', heading: 'Failure model' },
  { rule: 'picture', heading: 'Picture', needs: /!\[[^\]]+\]\([^)]+\)|```/ },
  { rule: 'mechanism', heading: 'Mechanism', needs: new RegExp(MECHANISMS.join('|'), 'i') },
  { rule: 'guarantees', heading: 'Guaranteed and best effort', needs: /best effort/i },
  { rule: 'document', heading: 'Document', needs: /\]\([\w.-]+\.md\)/ },
];

const NEEDED: Readonly<Record<string, string>> = {
  picture: 'has neither a picture nor a diagram',
  mechanism: `names none of ${MECHANISMS.join(', ')}`,
  guarantees: 'does not say what is best effort',
  document: 'links no document',
};

/** What the page of a case lacks: the five steps in order, its anchor, and its question to the reader's own project (S0.34). */
export function pageFaults(markdown: string): PageFault[] {
  // Lines are broken anywhere between words.
  const flowing = markdown.replace(/\s+/g, ' ');
  const sections = markdown.split(/^## /m).slice(1);
  const headings = sections.map((section) => (section.split('\n', 1)[0] ?? '').replace(/^\d+\. /, '').trim());
  const faults = STEPS.flatMap((step): PageFault[] => {
    const section = sections[headings.indexOf(step.heading)];
    if (section === undefined) {
      return [{ rule: step.rule, message: `has no section '${step.heading}'` }];
    }
    const [, ...lines] = section.split('\n');
    if (lines.join('').trim() === '')
      return [{ rule: step.rule, message: `says nothing of '${step.heading}'` }];
    if (step.needs === undefined || step.needs.test(lines.join('\n'))) return [];
    return [{ rule: step.rule, message: `'${step.heading}' ${NEEDED[step.rule] ?? 'lacks something'}` }];
  });
  const present = STEPS.map(({ heading }) => headings.indexOf(heading)).filter((at) => at >= 0);
  if (present.some((at, i) => i > 0 && at < (present[i - 1] ?? 0))) {
    const order = STEPS.map(({ heading }) => heading).join(', ');
    faults.push({ rule: 'order', message: `has its steps in another order than ${order}` });
  }
  const anchors = Object.values({ ...ANCHORS, ...BASICS_ANCHORS });
  if (!anchors.some(({ title }) => flowing.includes(title))) {
    faults.push({ rule: 'anchor', message: 'names none of the public sources by its title' });
  }
  if (!Object.values(CAPSTONES).some((question) => flowing.includes(question))) {
    faults.push({ rule: 'capstone', message: "asks none of the seven questions about the reader's project" });
  }
  return faults;
}
