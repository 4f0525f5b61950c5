// The parts of report.html that show text of others: sample solutions and the settings. Everything goes through `html`, which escapes it.
import { type Html, html } from './escape.ts';
import { labelOf } from './policies.ts';
import type { SampleExample } from './read-examples.ts';
import type { RunFacts } from './read-run.ts';

const LONGEST = 1600;

/** Long text loses its beginning (prompts: the question is at the end) or its end. */
function clipped(text: string, keep: 'head' | 'tail'): string {
  if (text.length <= LONGEST) return text;
  const cut = `[${text.length - LONGEST} characters left out]`;
  return keep === 'head' ? `${text.slice(0, LONGEST)} ${cut}` : `${cut} ${text.slice(-LONGEST)}`;
}

export const samplesPart = (run: RunFacts): Html | null =>
  run.examples.length === 0
    ? null
    : html`<h2>Samples</h2><p class="note">From the E-step of ${labelOf(run.examples[0]!.policy)}: solutions that were kept beside ones that were wrong.</p>${run.examples.map(exampleOf)}`;

function exampleOf({ problem, prompt, kept, wrong }: SampleExample): Html {
  return html`<section class="sample"><p class="meta">${problem}</p><pre>${clipped(prompt, 'tail')}</pre><div class="pair">
${kept === null ? null : html`<div><p class="verdict"><b>Kept</b> · ${clipped(kept.reason, 'head')}</p><pre>${clipped(kept.completion, 'head')}</pre></div>`}
${wrong === null ? null : html`<div><p class="verdict wrong"><b>${wrong.verdict === 'unparsable' ? 'Unparsable' : 'Wrong'}</b> · ${clipped(wrong.reason, 'head')}</p><pre>${clipped(wrong.completion, 'head')}</pre></div>`}
</div></section>`;
}

export function settingsPart(run: RunFacts): Html {
  const rows = flattened(run.config, '').map(([key, value]) => html`<dt>${key}</dt><dd>${clipped(value, 'head')}</dd>`);
  return html`<h2>Settings</h2><details><summary>All settings of this run (config.json)</summary><dl>${rows}</dl></details>`;
}

/** 'fit.learningRate' → '0.0005' */
function flattened(value: unknown, path: string): [string, string][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return [[path, typeof value === 'string' ? value : JSON.stringify(value)]];
  return Object.entries(value).flatMap(([key, inner]) => flattened(inner, path === '' ? key : `${path}.${key}`));
}
