import type { AppSummary, ProcessSummary } from './event.ts';

/** The table with which `cf push` ends. Source: cli command/v7/shared/app_summary_displayer.go. */
export function renderSummary(summary: AppSummary): string {
  const head = [
    ['name:', summary.name],
    ['requested state:', 'started'],
    ['routes:', summary.routes.join(', ')],
    ['stack:', summary.stack],
    ['buildpacks:', summary.buildpacks.join(', ')],
  ] as const;
  return [table(head), ...summary.processes.map(renderProcess)].join('\n\n');
}

function renderProcess({ type, sidecars, instances, memoryMb, startCommand }: ProcessSummary): string {
  return table([
    ['type:', type],
    ['sidecars:', sidecars.join(', ')],
    ['instances:', `${instances.running}/${instances.total}`],
    ['memory usage:', `${memoryMb}M`],
    ['start command:', startCommand],
  ]);
}

function table(rows: readonly (readonly [string, string])[]): string {
  return rows.map(([name, value]) => `${name.padEnd(18)}${value}`.trimEnd()).join('\n');
}
