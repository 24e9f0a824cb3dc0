import { html, jsonMarkup, type Markup } from './markup.ts';
import type { KeptLog } from '../test-run.ts';

/**
 * The log of a scenario as data; the page's script makes lines of it when it is looked at, so that a page with
 * hundreds of logs opens at once.
 */
export function logView({ lines, leftOut, leftOutAfter }: KeptLog, startedAt: number): Markup {
  if (lines.length === 0) return html`<p class="note">Nothing was logged.</p>`;
  const sources = [...new Set(lines.map(({ source }) => source))];
  const data = {
    sources,
    leftOut,
    leftOutAfter,
    // One line: milliseconds since the beginning, index of its source, 1 for ERR, text.
    lines: lines.map(({ time, source, stream, message }) => [
      time - startedAt,
      sources.indexOf(source),
      stream === 'ERR' ? 1 : 0,
      message,
    ]),
  };
  const options = sources.map((source) => html`<option>${source}</option>`);
  const total = lines.length + leftOut;
  return html`<details class="log">
    <summary>Log <span class="count">${total} ${total === 1 ? 'line' : 'lines'}</span></summary>
    <div class="filters">
      <select aria-label="Source">
        <option value="">all sources</option>
        ${options}</select
      ><label><input type="checkbox" class="err" /> ERR only</label
      ><input type="search" class="text" placeholder="text or /regexp/" aria-label="Text" /><span
        class="shown"
      ></span>
    </div>
    <div class="lines" role="log"></div>
    <noscript><p class="note">The log is shown by a script.</p></noscript>
    <script type="application/json">
      ${jsonMarkup(data)}
    </script>
  </details>`;
}
