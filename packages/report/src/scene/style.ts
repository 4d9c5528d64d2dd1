/** A theme's colours. Text colours keep a contrast of at least 4.5 to both grounds (tested). */
export interface Theme {
  readonly ground: string;
  readonly raised: string;
  readonly ink: string;
  readonly muted: string;
  readonly rule: string;
  readonly accent: string;
  readonly ok: string;
  readonly bad: string;
  readonly warn: string;
  /** Pale fills behind ink. */
  readonly okPale: string;
  readonly badPale: string;
  readonly warnPale: string;
  readonly accentPale: string;
}

/** Ink on white: also what is printed. */
export const LIGHT: Theme = {
  ground: '#ffffff',
  raised: '#f4f6f8',
  ink: '#191f26',
  muted: '#55606c',
  rule: '#cfd6dd',
  accent: '#0b57a4',
  ok: '#14652f',
  bad: '#a8122b',
  warn: '#7a4a00',
  okPale: '#dcf2e2',
  badPale: '#fbe3e6',
  warnPale: '#fbeed2',
  accentPale: '#dbe9f8',
};

/** For readers whose system prefers dark. */
export const DARK: Theme = {
  ground: '#11161c',
  raised: '#1a2129',
  ink: '#e7ebef',
  muted: '#a3aeb9',
  rule: '#37424e',
  accent: '#82bbff',
  ok: '#74d893',
  bad: '#ff9a9a',
  warn: '#efbd5e',
  okPale: '#173824',
  badPale: '#4a1d23',
  warnPale: '#41310f',
  accentPale: '#1c3550',
};

function variables(theme: Theme): string {
  return Object.entries(theme)
    .map(
      ([name, value]) =>
        `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}:${value as string}`,
    )
    .join(';');
}

/** The colour variables for both colour schemes, and for print. */
export const themeStyle: string =
  `:root{${variables(LIGHT)};color-scheme:light dark}` +
  `@media (prefers-color-scheme:dark){:root{${variables(DARK)}}}` +
  `@media print{:root{${variables(LIGHT)}}}`;

/** The patterns pictures fill with; a page carries them once, a standalone picture inside itself. */
export const sceneDefs: string =
  '<defs>' +
  '<pattern id="hf-hatch" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">' +
  '<line class="hf-stroke-warn" x1="0" y1="0" x2="0" y2="7" stroke-width="2.4"/></pattern>' +
  '<pattern id="hf-shade" width="9" height="9" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">' +
  '<line class="hf-stroke-warn" x1="0" y1="0" x2="0" y2="9" stroke-width="1" opacity=".45"/></pattern>' +
  '<pattern id="hf-lead" width="6" height="6" patternUnits="userSpaceOnUse">' +
  '<rect class="hf-fill-accent" width="6" height="6" opacity=".55"/></pattern>' +
  '<pattern id="hf-candidate" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">' +
  '<line class="hf-stroke-accent" x1="0" y1="0" x2="0" y2="6" stroke-width="2"/></pattern>' +
  '<pattern id="hf-other" width="6" height="6" patternUnits="userSpaceOnUse">' +
  '<circle class="hf-fill-muted" cx="2" cy="2" r="1.1"/></pattern>' +
  '<pattern id="hf-down" width="6" height="6" patternUnits="userSpaceOnUse">' +
  '<path class="hf-stroke-muted" d="M0 0L6 6M6 0L0 6" stroke-width=".7" fill="none"/></pattern>' +
  '<pattern id="hf-paused" width="5" height="5" patternUnits="userSpaceOnUse">' +
  '<line class="hf-stroke-muted" x1="1" y1="0" x2="1" y2="5" stroke-width="1.4"/></pattern>' +
  '</defs>';

const shared = `
.hf{display:block;font:11px/1.2 system-ui,"Segoe UI",Roboto,"Liberation Sans",sans-serif;background:var(--ground)}
.hf text{fill:var(--ink)}.hf line,.hf path{stroke:var(--ink);fill:none}
.hf-stroke-warn{stroke:var(--warn)}.hf-stroke-accent{stroke:var(--accent)}.hf-stroke-muted{stroke:var(--muted)}
.hf-fill-accent{fill:var(--accent)}.hf-fill-muted{fill:var(--muted)}
.hf .grid line{stroke:var(--rule);stroke-width:.7}.hf .axis text{fill:var(--muted)}.hf .axis .base{stroke:var(--muted)}
.hf .break rect{fill:var(--raised)}.hf .break .slash{stroke:var(--muted);stroke-width:1.3}
.hf .break text{fill:var(--muted);font-style:italic;font-size:10px}
.hf .fault .hatch{fill:url(#hf-hatch)}.hf .fault .outline{fill:none;stroke:var(--warn)}
.hf .fault .plate,.hf .plate{fill:var(--ground)}.hf .fault text{fill:var(--warn);font-weight:600}
.hf .shade rect{fill:url(#hf-shade)}.hf .shade line{stroke:var(--warn);stroke-dasharray:3 4}
.hf .lane line{stroke:var(--rule)}.hf .lane .name{font-weight:600;font-size:12px;paint-order:stroke;stroke:var(--ground);stroke-width:3px}
.hf .cursor line{stroke:var(--accent);stroke-width:1.2;stroke-dasharray:2 2}
.hf .empty text{fill:var(--muted)}
.hf .stamp text{font-size:9.5px;fill:var(--accent);paint-order:stroke;stroke:var(--ground);stroke-width:2.5px}
.hf .concurrent{opacity:.32}.hf .past .shaft{stroke-width:2.6}.hf .future .shaft{stroke-width:2.6;stroke:var(--accent)}.hf .future .head{fill:var(--accent)}
.hf .values line{stroke:var(--rule);stroke-width:.7}.hf .values text{fill:var(--muted);font-size:10px;paint-order:stroke;stroke:var(--ground);stroke-width:3px}
.hf .series path{stroke:var(--accent);stroke-width:1.8;fill:none}.hf .dash1 path{stroke-dasharray:7 3}.hf .dash2 path{stroke-dasharray:2 2;stroke:var(--bad)}.hf .dash3 path{stroke-dasharray:9 3 2 3;stroke:var(--ok)}
.hf .rule text{font-weight:600}.hf .rule.broken text{fill:var(--bad)}.hf .rule.holds text{fill:var(--ok)}.hf .flawed text{fill:var(--bad)}.hf .quorum .link{stroke:var(--accent);stroke-width:2}
.hf .member{fill:var(--accent-pale);stroke:var(--accent)}.hf .quorum .name,.hf .shared .name,.hf .transaction .name{font-weight:600}.hf .shared circle{fill:var(--ok-pale);stroke:var(--ok);stroke-width:2}.hf .shared.none text{fill:var(--bad);font-weight:700}
.hf .transaction rect{fill:var(--raised);stroke:var(--muted)}.hf .dependency .shaft{stroke-width:1.8}.hf .dependency .head{fill:var(--ink);stroke:none}.hf .dependency.rw .shaft{stroke:var(--bad);stroke-dasharray:6 3}.hf .dependency.wr .shaft{stroke:var(--ok)}.hf .dependency.process .shaft,.hf .dependency.realtime .shaft{stroke-dasharray:2 3}
.hf .ring{fill:none;stroke:var(--bad);stroke-width:1.8}
.hf .divergence line{stroke:var(--accent);stroke-width:2;stroke-dasharray:1 3;stroke-linecap:round}.hf .divergence text{fill:var(--accent);font-weight:700;paint-order:stroke;stroke:var(--ground);stroke-width:3px}
`;

const lanes = `
.hf .role rect{fill:var(--ground);stroke:var(--muted)}.hf .role.lead rect{fill:url(#hf-lead);stroke:var(--accent)}
.hf .role.candidate rect{fill:url(#hf-candidate);stroke:var(--accent)}.hf .role.other rect{fill:url(#hf-other)}
.hf .role rect.plate{fill:var(--ground);stroke:none}.hf .role.lead text{font-weight:700}
.hf .cover,.hf .down .plate,.hf .paused .plate{fill:var(--ground)}
.hf .down .gap{fill:url(#hf-down);stroke:var(--bad);stroke-dasharray:4 3}.hf .down text{fill:var(--bad);font-weight:600}
.hf .paused .gap{fill:url(#hf-paused);stroke:var(--warn)}.hf .paused text{fill:var(--warn);font-weight:600}
.hf .operation rect{fill:var(--ok-pale);stroke:var(--ok)}.hf .operation.fail rect{fill:var(--raised);stroke:var(--muted);stroke-dasharray:3 2}
.hf .operation.unknown rect{fill:var(--warn-pale);stroke:var(--warn);stroke-dasharray:6 3}
.hf .operation .cross,.hf .operation .open{stroke:var(--warn);stroke-width:1.4;fill:none}
.hf .operation .strike{stroke:var(--muted)}
.hf .busy .bar{stroke:none;fill:var(--ok);opacity:.55}.hf .busy .fail{stroke:var(--muted)}.hf .busy .unknown{stroke:var(--warn);stroke-width:1.6}
.hf .operation.blocking rect{stroke:var(--bad);stroke-width:2.5;fill:var(--bad-pale);stroke-dasharray:none}
.hf .operation.minimal rect{stroke:var(--bad);stroke-width:1.8}
.hf .operation .why{fill:var(--bad);font-weight:700}.hf .operation .order{fill:var(--accent);stroke:none}
.hf .operation .place{fill:var(--ground);font-weight:700;font-size:10px}
`;

const messages = `
.hf .message .shaft{stroke-width:1.2}.hf .message .head{fill:var(--ink);stroke:none}
.hf .message .hit,.hf .event .hit{stroke:transparent;stroke-width:9;fill:transparent}.hf .event rect.hit{stroke-width:0}
.hf .message text,.hf .event text{font-size:10.5px;paint-order:stroke;stroke:var(--ground);stroke-width:3px;stroke-linejoin:round}
.hf .message.lost .shaft{stroke:var(--bad);stroke-dasharray:3 3}.hf .cross{stroke:var(--bad);stroke-width:2}
.hf .message.lost text{fill:var(--bad)}.hf .message.late .shaft{stroke-dasharray:10 4}
.hf .message.duplicate .shaft{stroke-width:1}.hf .message.corrupt .shaft{stroke-dasharray:8 3 1.5 3}
.hf .message.corrupt .flaw{fill:var(--bad);stroke:var(--ground)}.hf .message.corrupt text{fill:var(--bad)}
.hf .message.corrupt .head{fill:var(--ground);stroke:var(--bad);stroke-width:1.4}
.hf .message.flight .shaft{stroke-dasharray:1.5 3}.hf .message .open{fill:var(--ground);stroke:var(--ink)}
.hf .event line,.hf .event path,.hf .event circle{stroke:var(--muted);stroke-width:1.2;fill:none}
.hf .event text{fill:var(--muted);font-size:10px}.hf .event.stored rect:not(.hit){fill:var(--ink)}
.hf .event.store rect:not(.hit){fill:var(--ground);stroke:var(--ink)}
.hf .event.note path{stroke:var(--accent);fill:var(--accent-pale)}.hf .event.crash line{stroke:var(--bad);stroke-width:2.6}
.hf .event.boot path,.hf .event.restart path,.hf .event.resume path{fill:var(--ok);stroke:var(--ground)}
.hf .event.pause line{stroke:var(--warn);stroke-width:2.6}
.hf .event.fault path,.hf .event.heal path,.hf .event.clock path,.hf .event.disk path{fill:var(--warn);stroke:none}
.hf .event.violation line{stroke:var(--bad);stroke-width:2;stroke-dasharray:7 3}
.hf .event.violation text{fill:var(--bad);font-weight:700;font-size:11.5px}
.hf .crowd .bar,.hf .density .bar{fill:var(--muted);stroke:none}
.hf [data-e],.hf [data-o]{cursor:pointer}
.hf .chain .shaft{stroke:var(--accent);stroke-width:2.6}.hf .chain .head{fill:var(--accent)}
.hf .selected .shaft{stroke:var(--accent);stroke-width:3.6}.hf .selected .head{fill:var(--accent)}
.hf .event.chain line,.hf .event.chain path,.hf .event.chain circle,.hf .event.chain rect:not(.hit){stroke:var(--accent);stroke-width:2.4}
.hf .event.selected line,.hf .event.selected path,.hf .event.selected circle,.hf .event.selected rect:not(.hit){stroke:var(--accent);stroke-width:3.6}
.hf .operation.selected rect:first-of-type,.hf .role.selected rect:first-of-type{stroke:var(--accent);stroke-width:3}
.hf .message:hover .shaft{stroke-width:2.6}.hf .selected text{font-weight:700}
`;

const strips = `
.hf .step path{stroke:var(--accent);stroke-width:1.6}.hf .step .hit{fill:transparent}
.hf .step text{font-size:10px;paint-order:stroke;stroke:var(--ground);stroke-width:3px}
.hf .step.sunk text{font-weight:700;fill:var(--warn)}
.hf .step.selected path,.hf .step.chain path{stroke-width:3.2}
.hf .key text{fill:var(--muted);font-size:10px}.hf .word rect,.hf .word .cell{fill:var(--raised);stroke:var(--muted)}
.hf .leaders rect{fill:url(#hf-lead);stroke:var(--accent)}
.hf .leaders rect.plate{fill:var(--ground);stroke:none}
.hf .trouble line{stroke:var(--bad);stroke-width:2}.hf .trouble text{fill:var(--bad);font-weight:700}
.hf .window rect{fill:var(--accent);fill-opacity:.14;stroke:var(--accent);stroke-width:1.6}
.hf .window .grip{fill:var(--accent);fill-opacity:1}
`;

/** Style of every picture, by meaning. */
export const sceneRules: string = squeeze(shared + lanes + messages + strips);

/** Style of a picture that stands alone. */
export const sceneStyle: string = squeeze(themeStyle + sceneRules);

function squeeze(css: string): string {
  return css.replaceAll('\n', '');
}
