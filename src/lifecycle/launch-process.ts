/**
 * An entry of launch.yml, of bin/release or of a Procfile. `sidecarFor` empty makes it a process type, else a sidecar
 * of those process types. `memory` is in MB, 0 when not given.
 * Source: buildpackapplifecycle buildpackrunner/resources/launch.go, `Process`.
 */
export interface LaunchProcess {
  readonly type: string;
  readonly command: string;
  readonly sidecarFor: readonly string[];
  readonly memory: number;
}

/** Entries of bin/release or of a Procfile as process types, in the order of the text (in Go it is random). */
export function processTypes(commands: ReadonlyMap<string, string>): LaunchProcess[] {
  return Array.from(commands, ([type, command]) => ({ type, command, sidecarFor: [], memory: 0 }));
}
