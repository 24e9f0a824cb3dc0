import { homeFolder } from '../host/home.ts';

/** The only place that reads the process's environment for settings. */
export interface Settings {
  readonly home: string;
  readonly cwd: string;
  /** Whether colour is wanted at all; each stream has it only if it is a terminal. */
  readonly colour: boolean;
}

export function readSettings(env: NodeJS.ProcessEnv): Settings {
  return {
    home: homeFolder(env),
    cwd: process.cwd(),
    colour: (env['NO_COLOR'] ?? '') === '',
  };
}
