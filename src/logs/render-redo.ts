import type { FailedPhase, RedoEvent, RedoTiming } from './redo-event.ts';

/** What cfstage says of a change of a watched app. `bad` marks a failure. */
export function renderRedo(event: RedoEvent, bad: (text: string) => string): string | undefined {
  switch (event.type) {
    case 'redo':
      return `\n${event.reason}`;
    case 'redone':
      return event.kind === 'nothing' ? undefined : `${renderTiming(event.timing)}\n`;
    case 'redo-failed': {
      const { message, hint, phase, app, code, serving } = event;
      return [
        message,
        ...(hint === null ? [] : [hint]),
        ...(phase === null ? [] : wayIn(phase, app)),
        serving ? `App ${app} goes on as it was before.` : `App ${app} does not run yet.`,
        `${bad('FAILED')} (${code})\n`,
      ].join('\n');
    }
  }
}

/** Where the time went, a line each. */
export function renderTiming({ phases, startMs, overheadMs, totalMs }: RedoTiming): string {
  const rows: readonly (readonly [string, number])[] = [
    ...phases.map(
      ({ phase, buildpack, durationMs }) => [`bin/${phase} of ${buildpack}`, durationMs] as const,
    ),
    ...(startMs > 0 ? [['start of the app', startMs] as const] : []),
    ['cfstage', overheadMs],
    ['from the change to the answer', totalMs],
  ];
  const times = rows.map(([, ms]) => `${(ms / 1000).toFixed(2)} s`);
  const width = Math.max(...rows.map(([what]) => what.length));
  const timeWidth = Math.max(...times.map((time) => time.length));
  return rows
    .map(([what], i) => `${what.padEnd(width)}   ${(times[i] ?? '').padStart(timeWidth)}`)
    .join('\n');
}

function wayIn({ phase, buildpack, argv, exitCode }: FailedPhase, app: string): readonly string[] {
  return [
    `bin/${phase} of ${buildpack} ended with exit status ${exitCode}. It was run as: ${commandLine(argv)}`,
    `The container is as it left it: cfstage ssh --staging ${app}`,
  ];
}

/** As it can be typed into a shell. */
export function commandLine(argv: readonly string[]): string {
  return argv
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(' ');
}
