import { html, type Markup } from './markup.ts';
import { time } from './time.ts';
import type { FileChange, PhaseRun, ScenarioRun, Span, StepRun } from '../test-run.ts';

/** The steps of a scenario and under each the scripts that ran in it, on one axis of time. */
export function waterfall({ steps, phases, durationMs }: ScenarioRun): Markup {
  const rows = steps.map((step, i) => {
    const next = steps[i + 1];
    const end = next === undefined || next.outcome === 'skipped' ? Infinity : next.startMs;
    const inside = phases.filter(({ startMs }) => startMs < end && (i === 0 || startMs >= step.startMs));
    return html`${stepRow(step, durationMs)}${inside.map((phase) => phaseRow(phase, durationMs))}`;
  });
  return html`<div class="waterfall">${axis(durationMs)}${rows}</div>`;
}

function axis(durationMs: number): Markup {
  const marks = [0, 0.25, 0.5, 0.75, 1].map((part) => html`<span>${time(durationMs * part)}</span>`);
  return html`<div class="row axis"><span></span><span class="track">${marks}</span><span></span></div>`;
}

const SIGNS = { passed: '✓', failed: '✗', skipped: '–' } as const;

function stepRow(step: StepRun, total: number): Markup {
  const { title, outcome, at, durationMs } = step;
  return html`<div class="row step ${outcome}">
    <span class="what" title="line ${at.line}"><b class="sign">${SIGNS[outcome]}</b> ${title}</span
    >${bar(step, total)}<span class="ms">${outcome === 'skipped' ? '' : time(durationMs)}</span>
  </div>`;
}

function phaseRow(phase: PhaseRun, total: number): Markup {
  const { name, buildpack, exitCode, durationMs, files, moreFiles } = phase;
  const count = files.length + moreFiles;
  const cells = html`<span class="what"
      ><span class="phase-name">${name}</span>
      ${buildpack}${exitCode === 0 ? undefined : html` <b class="exit">exit ${exitCode}</b>`}${count === 0 ? undefined : html` <span class="count">${count} ${count === 1 ? 'file' : 'files'}</span>`}</span
    >${bar(phase, total)}<span class="ms">${time(durationMs)}</span>`;
  const outcome = exitCode === 0 ? 'passed' : 'failed';
  if (count === 0) return html`<div class="row phase ${outcome}">${cells}</div>`;
  return html`<details class="phase ${outcome}">
    <summary class="row">${cells}</summary>
    <ul class="files">
      ${files.map(fileItem)}${moreFiles === 0 ? undefined : html`<li class="more">and ${moreFiles} more</li>`}
    </ul>
  </details>`;
}

function fileItem({ path, change }: FileChange): Markup {
  return html`<li class="${change}">${path}</li>`;
}

function bar({ startMs, durationMs }: Span, total: number): Markup {
  const percent = (part: number) => ((100 * part) / Math.max(total, 1)).toFixed(2);
  const left = Math.min(startMs, total);
  const width = Math.min(durationMs, total - left);
  return html`<span class="track"><i style="left:${percent(left)}%;width:${percent(width)}%"></i></span>`;
}
