// report.html: what a run found, on one page in one file. No script, no network, no fonts, nothing but this text: its content policy forbids the
// rest, so that a completion that gets past the escaping still can do nothing. The same page for a run that is finished and for one under way.
import { curvesPicture } from './chart-curves.ts';
import { boundPicture, driftPicture } from './chart-dynamics.ts';
import { lossPicture, validationPicture } from './chart-fit.ts';
import { gainsPicture, levelsPicture } from './chart-levels.ts';
import { roundsPicture } from './chart-rounds.ts';
import { DYNAMICS_NOTE } from './dynamics.ts';
import { type Html, html } from './escape.ts';
import { headlineOf } from './headline.ts';
import { auditPart } from './page-audit.ts';
import { samplesPart, settingsPart } from './page-samples.ts';
import { differencesTable, dynamicsTable, figuresTable, roundsTable } from './page-tables.ts';
import type { EventFacts } from './read-events.ts';
import type { RunFacts } from './read-run.ts';
import { styleSheet } from './style.ts';
import { count, duration, mixedWords, plural } from './words.ts';

/** The page as text. */
export const reportHtml = (run: RunFacts): string =>
  html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="color-scheme" content="light dark"><title>${run.methodTitle} on ${run.task}: ${run.run}</title>
${styleSheet()}</head><body><main>
${[headerPart(run), figuresPart(run), accuracyPart(run), levelsPart(run), stepsPart(run), dynamicsPart(run), auditPart(run.audit), samplesPart(run), settingsPart(run), FOOTER]}
</main></body></html>
`.markup;

const STATES: Readonly<Record<EventFacts['state'], string | null>> = {
  finished: null,
  'under way': 'This run is under way, or was killed. The figures are those measured so far.',
  interrupted: 'This run was interrupted and can go on. The figures are those measured so far.',
  failed: 'This run ended with an error. The figures are those measured before it.',
};

function headerPart(run: RunFacts): Html {
  const { sentence, note, facts } = headlineOf(run);
  const state = STATES[run.events.state];
  const cost = run.events.seconds > 0 ? ` · ${duration(run.events.seconds)} at work · ${plural(run.events.tokens, 'token')} sampled` : '';
  return html`<header><p class="eyebrow">${run.methodTitle} on ${run.task} · run ${run.run} · seed ${count(run.seed)}${cost}</p><h1>${sentence}</h1>
${state === null ? null : html`<p class="banner">${state}</p>`}
${sandboxPart(run.events)}${note === '' ? null : html`<p class="note">${note}</p>`}
<ul class="facts">${facts.map(f => html`<li${f.told ? html` class="told"` : null}><b>${f.gain}</b> ${f.text}</li>`)}</ul></header>`;
}

/** Which sandbox the verdicts are of. */
function sandboxPart({ sandboxes }: EventFacts): Html | null {
  if (sandboxes.length === 0) return null;
  const mixed = sandboxes.length > 1 ? html`<p class="banner">${mixedWords(sandboxes)}</p>` : null;
  return html`${mixed}${sandboxes.map(s => html`<p class="note">Programs were judged in ${s.backend}: ${s.enforced.join(', ')}.</p>`)}`;
}

const pictures = (all: readonly (Html | null)[]): Html | null => {
  const there = all.filter(p => p !== null);
  return there.length === 0 ? null : html`<div class="pictures">${there}</div>`;
};

function figuresPart(run: RunFacts): Html | null {
  const test = figuresTable(run, 'test', 'few');
  const train = figuresTable(run, 'train', 'few');
  if (test === null && train === null) return null;
  const differences = differencesTable(run);
  return html`<h2>Figures</h2>${test === null ? null : html`<p class="note">Test problems; percent, with 95 % intervals.</p>${test}`}
${differences === null ? null : html`<h3>Differences on test problems, paired</h3>${differences}`}
<details><summary>Every k, and training problems</summary>${figuresTable(run, 'test', 'all')}${train === null ? null : html`<h3>Training problems</h3>${train}`}</details>`;
}

function accuracyPart(run: RunFacts): Html | null {
  const all = pictures([
    roundsPicture(run.policies, 'greedy'),
    roundsPicture(run.policies, 'pass@1'),
    curvesPicture(run.policies, 'pass_at_k'),
    curvesPicture(run.policies, 'maj_at_k'),
  ]);
  return all === null ? null : html`<h2>Accuracy</h2>${all}`;
}

function levelsPart(run: RunFacts): Html | null {
  const all = pictures([levelsPicture(run), gainsPicture(run)]);
  return all === null ? null : html`<h2>By level</h2>${all}`;
}

function stepsPart(run: RunFacts): Html | null {
  const rounds = roundsTable(run);
  const all = pictures([lossPicture(run), validationPicture(run)]);
  if (rounds === null && all === null) return null;
  return html`<h2>E-steps and M-steps</h2><p class="note">What each iteration sampled and kept, and how the fit to it went. Solved: problems with at least one correct sample. Failed: samples our checker could not judge; they count nowhere.</p>${rounds}${all}`;
}

function dynamicsPart(run: RunFacts): Html | null {
  const rows = dynamicsTable(run);
  return (
    rows && html`<h2>What each round did</h2><p class="note">${DYNAMICS_NOTE}</p>${rows}${pictures([boundPicture(run), driftPicture(run)])}`
  );
}

const FOOTER = html`<footer><p class="note"><b>How to read this.</b> Greedy: one completion a problem at temperature 0. pass@k: the chance that k of the n samples of a problem hold a right one,
unbiased (Chen et al. 2021). maj@k: the most frequent answer among k samples is right; samples without an answer do not vote, ties go to the answer seen first.
Intervals are 95 % bootstrap intervals over problems, differences are paired over the problems both policies were measured on; where a difference's interval holds zero
it is not told from noise. Intervals say what other problems would have given, not what another training seed would have given: that takes several runs.</p></footer>`;
