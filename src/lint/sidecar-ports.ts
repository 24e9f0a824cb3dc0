import type { Finding } from './finding.ts';
import { sidecarsOfBuildpacks, sidecarsOfManifest } from './sidecar-place.ts';
import type { LintSubject } from './subject.ts';

type Environment = Readonly<Record<string, string>>;

/**
 * Sidecars of the web process that seem to listen where the app does: they share one network, and PORT is the same in
 * all of them. A guess, so a warning, unless the command of the app takes the port too.
 */
export function sidecarPorts(subject: LintSubject): Finding[] {
  const env = subject.app?.env ?? {};
  const command = subject.app?.processes.find(({ type }) => type === 'web')?.command;
  const appTakesIt = command !== undefined && listensOnAppPort(command, env);
  return [...sidecarsOfManifest(subject), ...sidecarsOfBuildpacks(subject)]
    .filter((sidecar) => sidecar.processTypes.includes('web') && listensOnAppPort(sidecar.command, env))
    .map(({ name, file, line }) => ({
      rule: 'sidecar-port',
      severity: appTakesIt ? 'error' : 'warning',
      file,
      ...(line === undefined ? {} : { line }),
      why: appTakesIt
        ? `The sidecar '${name}' and the app both listen on $PORT (8080): the second one cannot start, and its end stops both`
        : `The sidecar '${name}' seems to listen on $PORT (8080), which is the port of the app`,
      advice:
        'Give the sidecar a port of its own by another variable, and leave $PORT to what the router calls.',
    }));
}

/** Options that name whom to call, not where to listen. */
const CALLS = /--?[\w-]*(?:upstream|target|backend|forward|origin|dest|connect|server-url)[\w-]*[=\s]\S+/g;
const URL = /\bhttps?:\/\/(?!0\.0\.0\.0)\S+/g;
const CLIENT = /(?:^|[\s;&|(])(?:curl|wget|nc|ncat)\s[^;&|]*/g;
const APP_PORT = /\$(?:VCAP_APP_PORT|PORT)\b|\$\{(?:VCAP_APP_PORT|PORT)\b|(?<![\w.])8080(?![\w.])/;

/** Whether a command takes $PORT or 8080, other than to call it. `env` is the app's. */
export function listensOnAppPort(command: string, env: Environment): boolean {
  const expanded = expand(command, env);
  const own = /(?:^|[\s;&])PORT=(\S+)/.exec(expanded)?.[1];
  if (own !== undefined) return APP_PORT.test(own);
  if (/\bunset\s+PORT\b/.test(expanded)) return false;
  return APP_PORT.test([CALLS, URL, CLIENT].reduce((text, pattern) => text.replace(pattern, ' '), expanded));
}

/** Variables of the app, and defaults (`${X:-1}`) where it has none; PORT is the platform's. */
function expand(command: string, env: Environment): string {
  return command.replace(
    /\$(?:\{(\w+)(?::?-([^}]*))?\}|(\w+))/g,
    (whole: string, braced?: string, otherwise?: string, bare?: string) => {
      const name = braced ?? bare ?? '';
      return name === 'PORT' || name === 'VCAP_APP_PORT' ? whole : (env[name] ?? otherwise ?? whole);
    },
  );
}
