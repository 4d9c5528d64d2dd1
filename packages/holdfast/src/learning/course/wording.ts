/** A sentence of a learner's document that says more than can be had. */
export interface WordingFinding {
  /** From 1. */
  readonly line: number;
  readonly text: string;
  /** What is believed by who writes so, and what is wrong with it. */
  readonly belief: string;
}

interface Wording {
  readonly says: RegExp;
  /** Words in the same sentence that take it back, or give the argument. */
  readonly unless: RegExp;
  readonly belief: string;
}

const WORDINGS: readonly Wording[] = [
  {
    says: /\bexactly[- ]once\b/i,
    unless:
      /effectively|end[- ]to[- ]end|idempoten|dedup|myth|no such|not |never|cannot|impossible|hard|appl(y|ies)|process(es|ing) |key/i,
    belief:
      'exactly-once delivery is free: a sender can only ask again, and the end that acts must know the request',
  },
  {
    says: /\bjust retry\b|\bsimply retry\b|\bretry (on|after) (a )?timeouts?\b/i,
    unless: /idempoten|same (key|name)|dedup|budget|safe to|not |never/i,
    belief: 'a retry on a timeout needs no argument: the first attempt may have had its effect',
  },
  {
    says: /\bnetwork is (probably )?(fine|reliable)\b/i,
    unless: /fallac|not |never|belie/i,
    belief: 'the network is probably fine: what is done when it is not has to be said',
  },
  {
    says: /\b(just|simply) timestamp\b|\btimestamps? (tell|show|decide)s? (the order|which|who)/i,
    unless: /not |never|cannot|only|logical|lamport|vector/i,
    belief: 'wall-clock timestamps order events: only those further apart than the error of the clocks',
  },
];

/** The sentences of a text that say what nobody can have, unless they say it of somebody else or give the argument. */
export function lintWording(text: string): readonly WordingFinding[] {
  const findings: WordingFinding[] = [];
  // What is quoted, or stands in code, is spoken of and not said; a sentence may go on over lines.
  const plain = text.replace(/```[^]*?```|`[^`\n]*`|"[^"\n]*"|“[^”\n]*”/g, (part) =>
    part.replace(/[^\n]/g, ' '),
  );
  for (const found of plain.matchAll(/(?:[^.!?\n]|\n(?!\s*\n|[#|*-]))+[.!?]?/g)) {
    const [sentence] = found;
    const start = found.index + (/^\s*/.exec(sentence)?.[0].length ?? 0);
    const line = plain.slice(0, start).split('\n').length;
    for (const { says, unless, belief } of WORDINGS) {
      if (!says.test(sentence) || unless.test(sentence)) continue;
      findings.push({ line, text: sentence.trim().replace(/\s+/g, ' '), belief });
    }
  }
  return findings;
}
