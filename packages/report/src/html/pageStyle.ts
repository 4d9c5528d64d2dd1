import { sceneRules, themeStyle } from '../scene/style.ts';

const base = `
*{box-sizing:border-box}
html{font:15px/1.5 system-ui,"Segoe UI",Roboto,"Liberation Sans",sans-serif;background:var(--ground);color:var(--ink)}
body{margin:0 auto;max-width:1240px;padding:0 24px 64px}
h1{font-size:1.75rem;line-height:1.2;margin:32px 0 4px}h2{font-size:1.3rem;line-height:1.3;margin:0 0 12px}
h3{font-size:1rem;margin:24px 0 8px}p{margin:0 0 8px;max-width:75ch}
a{color:var(--accent)}a:focus-visible,button:focus-visible,summary:focus-visible,[tabindex]:focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:3px}
code,time,.ids,pre{font-family:ui-monospace,"Cascadia Mono","SF Mono","Liberation Mono",Menlo,monospace;font-size:.88em}
.muted,.for,figcaption+.notes{color:var(--muted)}.for{margin-bottom:16px}
.defs{position:absolute}.skip{position:absolute;left:-9999px}.skip:focus{left:8px;top:8px;background:var(--ground);padding:8px;z-index:9}
.runs{list-style:none;padding:0;margin:0 0 24px;display:grid;gap:8px}
.runs li{border:1px solid var(--rule);border-radius:8px;padding:10px 14px;background:var(--raised)}.runs a{font-weight:600}
.badge{display:inline-block;font-size:.8rem;font-weight:700;line-height:1.6;padding:0 9px;border-radius:99px;border:1.5px solid;white-space:nowrap;vertical-align:middle}
.badge.holds{color:var(--ok);background:var(--ok-pale)}.badge.violated{color:var(--bad);background:var(--bad-pale)}
.badge.none{color:var(--muted);background:var(--ground)}.badge.undecided{color:var(--warn);background:var(--warn-pale)}
.run,.card{border-top:3px solid var(--ink);padding-top:16px;margin-top:40px}
.facts{display:flex;flex-wrap:wrap;gap:4px 28px;margin:0 0 12px}.facts div{display:flex;gap:8px;min-width:0}
.facts dt{color:var(--muted)}.facts dd{margin:0;overflow-wrap:anywhere}
.command{display:flex;flex-wrap:wrap;align-items:center;gap:6px 12px;margin:0 0 8px;padding:8px 12px;border:1px solid var(--rule);border-radius:8px;background:var(--raised)}
.command .label{color:var(--muted);font-size:.88rem}.command code{flex:1 1 20ch;overflow-wrap:anywhere;user-select:all;font-weight:600}
button{font:inherit;font-size:.88rem;color:var(--ink);background:var(--ground);border:1px solid var(--muted);border-radius:6px;padding:3px 10px;cursor:pointer;min-height:30px}
button:hover{border-color:var(--accent);color:var(--accent)}button:disabled{color:var(--muted);border-color:var(--rule);cursor:default}
.wide{overflow-x:auto;max-width:100%}
table{border-collapse:collapse;font-size:.92rem;width:100%}th,td{text-align:left;vertical-align:top;padding:6px 12px 6px 0;border-bottom:1px solid var(--rule)}
thead th{color:var(--muted);font-weight:600;font-size:.85rem}td.number,th.number{text-align:right;font-variant-numeric:tabular-nums}
.verdicts tbody th{white-space:nowrap}.verdicts td:last-child{min-width:24ch;font-size:.87rem}.verdicts ul{margin:2px 0;padding-left:18px}
.picture{margin:20px 0 0}figcaption{font-weight:600;margin-bottom:4px}
.canvas{overflow-x:auto;border:1px solid var(--rule);border-radius:8px;background:var(--ground)}
.notes{font-size:.85rem;color:var(--muted);margin-top:4px}.notes p{margin:0;max-width:none}
.twin summary{cursor:pointer;font-size:.88rem;color:var(--accent);padding:4px 0}
.twin ol{max-height:24rem;overflow:auto;font-size:.88rem;border:1px solid var(--rule);border-radius:8px;padding:8px 12px 8px 48px;margin:4px 0}
.twin time{color:var(--muted);display:inline-block;min-width:11ch}.ids{color:var(--muted)}
`;

const player = `
.controls{position:sticky;top:0;z-index:3;display:flex;flex-wrap:wrap;gap:6px;align-items:center;padding:8px 0;background:var(--ground)}
.controls[hidden],.help[hidden],.details[hidden],[hidden]{display:none}
.controls [aria-pressed=true]{background:var(--accent-pale);border-color:var(--accent)}
.controls input[type=search]{width:17ch}.found{font-size:.88rem;color:var(--muted)}.window-label{margin-left:auto;color:var(--muted);font-size:.88rem;font-variant-numeric:tabular-nums}
.live{margin:0 0 4px;font-weight:600;max-width:none;min-height:1.5em}
.stage:focus-visible{outline:3px solid var(--accent);outline-offset:4px;border-radius:6px}
.help{border:1px solid var(--rule);border-radius:8px;background:var(--raised);padding:12px 16px;margin:4px 0 8px}
.help dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(19rem,1fr));gap:2px 20px;margin:0 0 8px}.help dl div{display:flex;gap:8px}
.help dt{min-width:6.5rem}.help dd{margin:0}kbd{font:600 .85rem ui-monospace,"Liberation Mono",monospace;border:1px solid var(--muted);border-radius:4px;padding:0 6px;background:var(--ground)}
.signs{display:flex;flex-wrap:wrap;gap:2px 10px}.signs .hf{background:none}
.canvas{cursor:grab}.canvas.dragging{cursor:grabbing;user-select:none}[data-picture=overview] .canvas{cursor:crosshair}
.details{position:sticky;bottom:0;z-index:4;max-height:42vh;overflow:auto;background:var(--raised);border:1px solid var(--muted);border-radius:8px 8px 0 0;padding:10px 16px;margin-top:12px;box-shadow:0 -6px 18px rgb(0 0 0/.16)}
.details h3{margin:0 96px 2px 0}.details h4{margin:8px 0 4px;font-size:.85rem;color:var(--muted)}.details .close{position:sticky;top:0;float:right}
.details ol{margin:0;padding-left:24px;font-size:.88rem}.details p{margin:0 0 4px}.details table{font-size:.85rem;width:auto}.details td,.details th{padding:3px 12px 3px 0}
.details .fresh{background:var(--accent-pale)}.columns{display:flex;flex-wrap:wrap;gap:4px 32px}.columns>div{flex:1 1 20rem;min-width:0}.columns>.states{flex:1.4 1 26rem}
.details pre{margin:0;max-height:16rem;overflow:auto;white-space:pre-wrap;overflow-wrap:anywhere;background:var(--ground);border:1px solid var(--rule);border-radius:6px;padding:6px 10px}
`;

const whatIf = `
.knobs{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,21rem),1fr));gap:12px}
fieldset{border:1px solid var(--rule);border-radius:8px;padding:6px 12px 10px;margin:0;min-width:0}legend{font-weight:600;font-size:.9rem;padding:0 4px}
fieldset div,.changes{margin:4px 0}fieldset p{margin:0 0 4px;overflow-wrap:anywhere}.faults{grid-column:1/-1}.faults .rows{max-height:24rem;overflow:auto}
.fault{border-top:1px solid var(--rule);padding:6px 0}.fault:first-child{border-top:0}.sides{font-size:.88rem}
input,select{font:inherit;font-size:.9rem;color:var(--ink);background:var(--ground);border:1px solid var(--muted);border-radius:6px;padding:2px 6px;min-height:30px}
input[type=number]{width:12ch}input:focus-visible,select:focus-visible{outline:3px solid var(--accent);outline-offset:1px}
.changes ol{margin:0 0 6px;padding-left:24px}.refused{color:var(--bad);font-weight:600}.rerun{font-weight:600}
.future{border-left:4px double var(--accent);padding-left:12px;margin-top:16px}
`;

const why = `.chart .canvas{cursor:auto}.for-narrow{display:none}.why{padding-left:28px}.why li{margin:2px 0}.needed{color:var(--bad)}.turn{border-top:2px dashed var(--bad);margin:4px 0 8px;padding-top:2px}`;

const narrow = `
@media (max-width:640px){.for-wide{display:none}.for-narrow{display:block}body{padding:0 12px 48px}.controls{flex-wrap:nowrap;overflow-x:auto}.controls>*{flex:none}h1{font-size:1.4rem;margin-top:20px}
.verdicts,.verdicts tbody,.verdicts tr,.verdicts td,.verdicts tbody th{display:block;min-width:0;border:0;padding:1px 0}
.wide td:first-child{overflow-wrap:anywhere;min-width:11ch}.wide td:last-child:not(.number){min-width:17ch}.verdicts thead{position:absolute;left:-9999px}.verdicts tr{border-bottom:1px solid var(--rule);padding:8px 0}}
`;

const print = `
@media print{body{max-width:none;padding:0}.skip,.controls,.live,.help,.details,.knobs,button{display:none}.run,.card{break-before:page}
.run:first-of-type{break-before:auto}.picture,tr{break-inside:avoid}.canvas{overflow:hidden}.canvas svg{max-width:100%;height:auto}
.twin ol{max-height:none}a{color:inherit;text-decoration:none}}
@media (forced-colors:active){.hf text{fill:CanvasText}.hf line,.hf path{stroke:CanvasText}.badge{border-color:CanvasText}}
`;

/** The style sheet of a report page. */
export const pageStyle: string =
  `${themeStyle}${base}${player}${whatIf}${why}${sceneRules}${narrow}${print}`.replaceAll('\n', '');
