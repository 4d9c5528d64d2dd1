import { type GlossaryTerm, termsUsed } from '../glossary/glossary.ts';
import { escapeHtml } from '../text/escape.ts';

const FIGURE = /(<figure class="picture"[^>]*><figcaption>[^<]*<\/figcaption>)([^]*?)(?=<\/figure>)/g;

/** The page's pictures with links to the terms that each uses, and the glossary of all that is used. */
export function withTerms(html: string): { readonly html: string; readonly glossary: string } {
  const linked = html.replace(FIGURE, (_, caption: string, rest: string) => {
    const terms = termsUsed(textOf(`${caption}${rest}`));
    return `${caption}${terms.length === 0 ? '' : `<p class="muted terms">Words: ${terms.map(linkOf).join(', ')}</p>`}${rest}`;
  });
  return { html: linked, glossary: glossaryHtml(termsUsed(textOf(html))) };
}

function linkOf({ id, term }: GlossaryTerm): string {
  return `<a href="#term-${id}">${escapeHtml(term.toLowerCase())}</a>`;
}

function glossaryHtml(terms: readonly GlossaryTerm[]): string {
  if (terms.length === 0) return '';
  const entries = terms.map(
    ({ id, term, meaning, implication }) =>
      `<dt id="term-${id}"><b>${escapeHtml(term)}</b></dt><dd>${escapeHtml(meaning)} ${escapeHtml(implication)}</dd>`,
  );
  return `<section class="card" aria-labelledby="terms-title"><h2 id="terms-title">Glossary</h2><dl>${entries.join('')}</dl></section>`;
}

/** What is read of a page: its text, without tags, styles and packed data. */
export function textOf(html: string): string {
  return html
    .replace(/<(script|style)\b[^]*?<\/\1>/g, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&(lt|gt|amp|quot|#39);/g, ' ');
}
