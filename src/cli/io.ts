import { homedir } from 'node:os';
import { join } from 'node:path';

/** The only place that reads the process's environment for settings. */
export interface Settings {
  readonly home: string;
  readonly cwd: string;
  /** Whether colour is wanted at all; each stream has it only if it is a terminal. */
  readonly colour: boolean;
}

export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const home = env['CFSTAGE_HOME'];
  return {
    home: home === undefined || home === '' ? join(homedir(), '.cfstage') : home,
    cwd: process.cwd(),
    colour: (env['NO_COLOR'] ?? '') === '',
  };
}
