import { CfstageError } from '../errors.ts';
import type { AppManifest } from '../manifest/manifest.ts';
import { readProcessFlag } from '../manifest/process-flags.ts';
import type { DropletFacts } from './plan-instance.ts';

/**
 * Raises PROCESS_NOT_FOUND in cf's words for a --process of which neither manifest nor droplet has a command.
 * Source: cli actor/actionerror/process_not_found_error.go.
 */
export function requireProcesses(
  flags: readonly string[] = [],
  { processes }: AppManifest,
  { result }: DropletFacts,
): void {
  for (const { type } of flags.map(readProcessFlag)) {
    const own = processes.find((process) => process.type === type)?.command;
    const types = (result.processes ?? []).map((process) => process.type);
    if (own !== undefined || types.includes(type)) continue;
    throw new CfstageError('PROCESS_NOT_FOUND', `Process ${type} not found`, {
      hint: `The droplet has: ${types.length === 0 ? 'none' : types.join(', ')}. Others need a command in the manifest (processes:).`,
    });
  }
}
