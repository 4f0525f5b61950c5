// The look of report.html: one style sheet, inline, light and dark, for a wide screen, a phone and paper. Colours are after Okabe and Ito, so that
// the common kinds of colour blindness tell them apart; text has a contrast of at least 4.5 to 1 on the page.
import { type Html, html } from './escape.ts';

const LIGHT = `--page:#fff;--ink:#1b1f24;--muted:#5b6470;--rule:#e3e6ea;--soft:#f5f6f8;--base:#5b6470;--iteration:#0a5ea8;--sft:#b0520a;--random:#8a4f9e;--other:#0b7a5c;--good:#0a5ea8;--warn:#8a5a00;--warnbg:#fff6e0`;
const DARK = `--page:#14171b;--ink:#e7eaee;--muted:#a0a9b4;--rule:#2c323a;--soft:#1c2127;--base:#a0a9b4;--iteration:#6fb7f2;--sft:#f0a35e;--random:#cf9fe0;--other:#5fcaa5;--good:#6fb7f2;--warn:#f0c36b;--warnbg:#2b2413`;

const RULES = `
*{box-sizing:border-box}
html{color-scheme:light dark;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",sans-serif}
main{max-width:1040px;margin:0 auto;padding:40px 24px 64px}
h1{font-size:clamp(1.45rem,3.4vw,2.1rem);line-height:1.22;letter-spacing:-.012em;margin:.15em 0 .5em;text-wrap:balance;max-width:26em}
h2{font-size:1.2rem;line-height:1.3;margin:2.6em 0 .3em;letter-spacing:-.005em}
h3{font-size:1rem;margin:1.6em 0 .4em}
p{margin:.4em 0 .8em;max-width:46em}
.eyebrow,.note,figcaption span,.meta{color:var(--muted);font-size:.875rem}
.note{max-width:60em}
.eyebrow{margin:0;max-width:none}
.facts{margin:.2em 0 0;padding:0;list-style:none}
.facts li{padding:.12em 0 .12em .9em;border-left:3px solid var(--rule);margin:.3em 0;font-variant-numeric:tabular-nums}
.facts b{margin-right:.3em}
.facts li.told{border-left-color:var(--good)}
.banner{background:var(--warnbg);color:var(--warn);padding:.6em .9em;border-radius:6px;max-width:none}
.pictures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,420px),1fr));gap:28px 36px;margin-top:14px}
figure{margin:0;min-width:0}
figcaption{display:flex;flex-direction:column;gap:1px;margin-bottom:6px}
figcaption b{font-weight:600;line-height:1.35;text-wrap:balance}
svg{display:block;width:100%;height:auto;max-width:560px}
svg text{fill:var(--muted);font-size:12.5px;font-variant-numeric:tabular-nums}
svg text.label{fill:color-mix(in oklab,var(--c) 72%,var(--ink));font-weight:600;font-size:13px}
.grid{stroke:var(--rule);stroke-width:1}
.grid.zero{stroke:var(--muted)}
.scroll+.pictures{margin-top:30px}
.line{fill:none;stroke:var(--c);stroke-width:2.25;stroke-linejoin:round;stroke-linecap:round}
.line.thin{stroke-width:1.6}
.line.dashed{stroke-dasharray:5 5}
.leader{fill:none;stroke:var(--c);stroke-width:1;opacity:.5}
.band{fill:var(--c);opacity:.13}
.bar{stroke:var(--c);stroke-width:2;opacity:.85;stroke-linecap:round}
.marker{fill:var(--c);stroke:var(--page);stroke-width:1.25}
.marker.hollow{fill:var(--page);stroke:var(--c);stroke-width:2}
.scroll{overflow-x:auto;margin-top:12px;-webkit-overflow-scrolling:touch}
table{border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums;min-width:100%}
th,td{text-align:right;padding:.42em .6em;border-bottom:1px solid var(--rule);white-space:nowrap;vertical-align:baseline}
th{font-weight:600;color:var(--muted);font-size:.85rem}
th:first-child,td:first-child{text-align:left;padding-left:0;position:sticky;left:0;background:var(--page)}
td:first-child{color:var(--ink);font-weight:500;font-size:.925rem}
tr.strong td{font-weight:600}
td i{font-style:normal;font-weight:400;color:var(--muted);font-size:.82rem;margin-left:.45em}
td.text{text-align:left;white-space:normal;min-width:9em}
td svg .bar{stroke-width:3}
td svg{width:130px;height:18px;display:inline-block;vertical-align:middle;max-width:none}
td.weak{color:var(--muted);font-size:.82rem}
details{margin-top:14px}
summary{cursor:pointer;color:var(--muted);font-size:.925rem}
summary:focus-visible{outline:2px solid var(--good);outline-offset:3px}
.sample{margin:18px 0 0;padding-top:14px;border-top:1px solid var(--rule)}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,320px),1fr));gap:12px 24px}
pre{margin:.3em 0;padding:.7em .9em;background:var(--soft);border-radius:6px;font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;white-space:pre-wrap;overflow-wrap:anywhere;max-height:22em;overflow:auto}
.verdict{font-size:.875rem;margin:.5em 0 0}
.verdict b{color:var(--good)}
.verdict.wrong b{color:var(--sft)}
dl{display:grid;grid-template-columns:minmax(10em,max-content) 1fr;gap:.15em 1.4em;font-size:.875rem;margin:.8em 0}
dt{color:var(--muted);overflow-wrap:anywhere}
dd{margin:0;overflow-wrap:anywhere;font-variant-numeric:tabular-nums}
footer{margin-top:3.5em;padding-top:1em;border-top:1px solid var(--rule)}
@media (max-width:560px){main{padding:24px 16px 48px}dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.5em}h2{margin-top:2.1em}th:first-child,td:first-child{white-space:normal;min-width:6.5em;padding-right:.3em}svg text{font-size:14px}svg text.label{font-size:14.5px}}
@media print{body{font-size:13px}main{max-width:none;padding:0}.scroll{overflow:visible}table{font-size:.8rem}th,td{padding:.3em .35em}th:first-child,td:first-child{position:static}td i{font-size:.72rem}figure,.sample,tr{break-inside:avoid}h2{break-after:avoid}pre{max-height:none}details{display:none}a{color:inherit}.pictures{grid-template-columns:1fr 1fr}}
`;

/** A style element. Paper is always light. */
export const styleSheet = (): Html =>
  html`<style>${{
    markup: `:root{${LIGHT}}@media screen and (prefers-color-scheme:dark){:root{${DARK}}}@media print{:root{color-scheme:light}}${RULES}`,
  }}</style>`;
