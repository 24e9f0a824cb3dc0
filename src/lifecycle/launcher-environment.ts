import { posix } from 'node:path';
import type { Environment } from './environment.ts';
import { layerEnvironments } from './environment.ts';
import { goJson, goMaps } from './go-json.ts';
import { withDatabaseUrl } from './staging-environment.ts';

/**
 * The environment in which profile scripts and the command run: what the launcher (and the shell) make of the one they
 * were started with. `appDir` is absolute, e.g. `/home/vcap/app`. Source: buildpackapplifecycle env/env.go.
 */
export function launcherEnvironment(environment: Environment, appDir: string): Record<string, string> {
  const rest = Object.entries(environment).filter(([name]) => name !== 'VCAP_PLATFORM_OPTIONS');
  return withDatabaseUrl(
    layerEnvironments(Object.fromEntries(rest), instanceVcapApplication(environment), {
      HOME: appDir,
      TMPDIR: posix.join(appDir, '..', 'tmp'),
      DEPS_DIR: posix.join(appDir, '..', 'deps'),
    }),
  );
}

/** VCAP_APPLICATION with host, port and instance, keys sorted; left alone when it is not a JSON object. */
function instanceVcapApplication(environment: Environment): Environment {
  const application = parseObject(environment['VCAP_APPLICATION'] ?? '');
  if (application === undefined) return {};
  const port = parseInteger(environment['PORT']);
  const index = parseInteger(environment['INSTANCE_INDEX']);
  const rewritten = {
    ...application,
    host: '0.0.0.0',
    instance_id: environment['INSTANCE_GUID'] ?? '',
    ...(port !== undefined && { port }),
    ...(index !== undefined && { instance_index: index }),
  };
  return { VCAP_APPLICATION: goJson(goMaps(rewritten)) };
}

function parseObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** As Go's `strconv.Atoi`: an optional sign and digits, nothing else. */
function parseInteger(text: string | undefined): number | undefined {
  return text !== undefined && /^[+-]?\d+$/.test(text) ? Number(text) + 0 : undefined;
}
