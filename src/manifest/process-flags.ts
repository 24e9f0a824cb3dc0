import { defaultProcess, type ProcessManifest } from './manifest.ts';
import { usageError } from './usage-error.ts';

/** How many instances of a process a flag `--process TYPE=COUNT` asks for. Raises USAGE. */
export function readProcessFlag(text: string): { readonly type: string; readonly instances: number } {
  const [, type = '', count = ''] = /^(.+)=(\d{1,7})$/.exec(text) ?? [];
  if (type !== '') return { type, instances: Number(count) };
  throw usageError(`--process takes TYPE=COUNT, e.g. worker=1, not '${text}'`);
}

/** The processes with the asked numbers of instances; a type that the manifest does not have is one of the droplet. */
export function scaleProcesses(
  processes: readonly ProcessManifest[],
  flags: readonly string[],
): readonly ProcessManifest[] {
  return flags.map(readProcessFlag).reduce((all, { type, instances }) => {
    const known = all.some((process) => process.type === type);
    return known
      ? all.map((process) => (process.type === type ? { ...process, instances } : process))
      : [...all, { ...defaultProcess(type), instances }];
  }, processes);
}
