import type { Event } from './event.ts';
import { renderCrash } from './render-crash.ts';
import { renderRedo } from './render-redo.ts';
import { renderSummary } from './render-summary.ts';

/** What cfstage itself says of an event, for people; undefined when it says nothing. */
export function tell(
  event: Event,
  highlight: (text: string) => string,
  bad: (text: string) => string = highlight,
): string | undefined {
  switch (event.type) {
    case 'notice':
      return event.message;
    case 'warning':
      return `${highlight('Warning:')} ${event.message}`;
    case 'app-started':
      return `\n${renderSummary(event.summary)}\n\n${startedLines(event)}`;
    case 'instance-crashed':
      return crashLine(event);
    case 'crash-summary':
      return `\n${renderCrash(event)}\n`;
    case 'redo':
    case 'redone':
    case 'redo-failed':
      return renderRedo(event, bad);
    default:
      return undefined;
  }
}

function startedLines({ app, url, summary }: Extract<Event, { type: 'app-started' }>): string {
  const others = summary.processes.flatMap(({ type, urls }) =>
    Object.entries(urls)
      .filter(([, other]) => other !== url)
      .map(([index, other]) => `  ${type}/${index}: ${other}`),
  );
  return [`App ${app} started${url === '' ? '' : `: ${url}`}`, ...others].join('\n');
}

function crashLine(event: Extract<Event, { type: 'instance-crashed' }>): string {
  const { app, processType, index, reason, restartsIn } = event;
  const after = restartsIn === 0 ? 'starting it again' : `starting it again in ${restartsIn} s`;
  const next = restartsIn === null ? 'not starting it again' : after;
  return `Instance ${index} of process ${processType} of app ${app} crashed: ${reason}; ${next}`;
}
