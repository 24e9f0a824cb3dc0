import type { AppSummary } from './event.ts';

/** The table with which `cf push` ends. Source: cli command/v7/shared/app_summary_displayer.go. */
export function renderSummary(summary: AppSummary): string {
  const rows: readonly (readonly [string, string])[] = [
    ['name:', summary.name],
    ['requested state:', 'started'],
    ['routes:', summary.routes.join(', ')],
    ['stack:', summary.stack],
    ['buildpacks:', summary.buildpacks.join(', ')],
    ['', ''],
    ['type:', summary.processType],
    ['sidecars:', summary.sidecars.join(', ')],
    ['instances:', '1/1'],
    ['memory usage:', `${summary.memoryMb}M`],
    ['start command:', summary.startCommand],
  ];
  return rows.map(([name, value]) => `${name.padEnd(18)}${value}`.trimEnd()).join('\n');
}
