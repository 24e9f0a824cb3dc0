import type { EventBody } from './event.ts';

/** The last words of an app, for people. */
export function renderCrash({
  source,
  reason,
  exitCode,
  lastLines,
}: Extract<EventBody, { type: 'crash-summary' }>): string {
  const status = exitCode === null ? '' : ` with status ${exitCode}`;
  return [
    `Ended first: [${source}]${status} (${reason})`,
    ...lastLines.map(({ source: from, lines }) => [`Last lines of [${from}]:`, ...lines].join('\n    ')),
  ].join('\n');
}
