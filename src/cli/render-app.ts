import type { AppDetails, InstanceUsage } from '../app/app-details.ts';
import type { AppStatus, InstanceStatus, ProcessStatus } from '../app/app-status.ts';
import { formatByteSize } from '../lifecycle/byte-format.ts';
import { renderTable } from '../logs/render-table.ts';

const MB = 1024 * 1024;

/** `cf app`, with the address and the sidecars of each instance. Source: cli command/v7/shared/app_summary_displayer.go. */
export function renderApp({ name, status, droplet, usage }: AppDetails, now: number): string {
  if (status === undefined) return renderStopped(name, droplet);
  const head = renderHead(name, 'started', status);
  const processes = status.processes.map((process) => renderProcess(process, usage, now));
  return [head, ...processes].join('\n\n');
}

function renderStopped(name: string, droplet: AppDetails['droplet']): string {
  if (droplet === undefined) return renderHead(name, 'stopped', { routes: [], stack: '', buildpacks: [] });
  const buildpacks = droplet.result.lifecycle_metadata.buildpacks.map(({ key }) => key);
  const head = renderHead(name, 'stopped', { routes: [], stack: droplet.stack, buildpacks });
  const processes = droplet.app.processes.map(({ type, instances, memoryMb }) =>
    renderPairs([
      ['type:', type],
      ['instances:', `0/${instances}`],
      ['memory usage:', `${memoryMb}M`],
    ]),
  );
  return [head, ...processes].join('\n\n');
}

function renderHead(
  name: string,
  state: string,
  { routes, stack, buildpacks }: Pick<AppStatus, 'routes' | 'stack' | 'buildpacks'>,
): string {
  return renderPairs([
    ['name:', name],
    ['requested state:', state],
    ['routes:', routes.join(', ')],
    ['stack:', stack],
    ['buildpacks:', buildpacks.join(', ')],
  ]);
}

function renderProcess(process: ProcessStatus, usage: AppDetails['usage'], now: number): string {
  const { type, sidecars, instances, memoryMb, startCommand } = process;
  const running = instances.filter(({ state }) => state === 'running').length;
  const head = renderPairs([
    ['type:', type],
    ['sidecars:', sidecars.join(', ')],
    ['instances:', `${running}/${instances.length}`],
    ['memory usage:', `${memoryMb}M`],
    ['start command:', startCommand],
  ]);
  if (instances.length === 0) return `${head}\nThere are no running instances of this process.`;
  const columns = [
    '',
    'state',
    'since',
    'uptime',
    'cpu',
    'memory',
    'disk',
    'ready',
    'url',
    'sidecars',
    'details',
  ];
  const rows = instances.map((instance) =>
    renderInstance(instance, process, usage[instance.container?.id ?? ''], now),
  );
  return `${head}\n${renderTable(columns, rows)}`;
}

function renderInstance(
  instance: InstanceStatus,
  { memoryMb, diskMb }: ProcessStatus,
  used: InstanceUsage | undefined,
  now: number,
): readonly string[] {
  const { index, state, since, ready, url = '', sidecars, lastCrash = '', crashes } = instance;
  const of = (bytes: number | undefined, limitMb: number) =>
    `${formatByteSize(bytes ?? 0)} of ${formatByteSize(limitMb * MB)}`;
  return [
    `#${index}`,
    state === 'claimed' ? 'starting' : state,
    new Date(since).toISOString().replace(/\.\d+Z$/, 'Z'),
    state === 'running' ? uptime(now - since) : '',
    used === undefined ? '' : `${used.cpuPercent.toFixed(1)}%`,
    of(used?.memoryBytes, memoryMb),
    of(used?.diskBytes, diskMb),
    String(ready),
    url,
    sidecars.map((sidecar) => `${sidecar.name}:${sidecar.state}`).join(', '),
    crashes === 0 ? '' : `crashed ${crashes}×, last: ${lastCrash}`,
  ];
}

/** `2d 3h`, `4h 5m`, `6m 7s`, `8s`. */
function uptime(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  return parts
    .slice(first === -1 ? 3 : first, first === -1 ? 4 : first + 2)
    .map(([count, unit]) => `${count}${unit}`)
    .join(' ');
}

function renderPairs(rows: readonly (readonly [string, string])[]): string {
  return rows.map(([name, value]) => `${name.padEnd(18)}${value}`.trimEnd()).join('\n');
}
