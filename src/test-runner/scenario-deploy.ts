import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { plainValue } from '../manifest/manifest-node.ts';
import { parseYaml } from '../manifest/parse-yaml.ts';
import { parseServices } from '../services/parse-services.ts';
import { isBuildpackPath } from '../spec/file-references.ts';
import { expects } from '../spec/read-steps.ts';
import type { ServiceSettings } from '../testing/deploy-settings.ts';
import type { Deploy, Source } from '../testing/deploy.ts';
import { fixture } from '../testing/fixture.ts';
import type { FoundScenario } from './read-specs.ts';

/** The buildpacks of a scenario that stand for a name: name → absolute path. */
export function namedBuildpacks({ settings, folder }: FoundScenario): Readonly<Record<string, string>> {
  const maps = (settings.buildpacks ?? []).filter((one) => typeof one !== 'string');
  return Object.fromEntries(
    maps.flatMap(Object.entries<string>).map(([name, path]) => [name, resolve(folder, path)]),
  );
}

/** The settings of a scenario as a deployment. Raises SERVICES_INVALID. */
export async function scenarioDeploy(scenario: FoundScenario, start: Deploy): Promise<Deploy> {
  const { settings, folder } = scenario;
  const { buildpacks, stack, env, services, manifest, memory, processes = {} } = settings;
  const health = settings['health-check'];
  const command = settings['start-command'];
  let deploy = withEgress(scenario, start);
  if (buildpacks !== undefined)
    deploy = deploy.withBuildpacks(...buildpacks.map((one) => reference(one, folder)));
  if (stack !== undefined) deploy = deploy.withStack(stack);
  if (env !== undefined) deploy = deploy.withEnv(env);
  if (manifest !== undefined) deploy = deploy.withManifest(resolve(folder, manifest));
  if (memory !== undefined) deploy = deploy.withMemory(memory);
  if (command !== undefined) deploy = deploy.withStartCommand(command);
  if (services !== undefined) deploy = deploy.withServices(await serviceSettings(services, folder));
  for (const [type, count] of Object.entries(processes)) deploy = deploy.withProcess(type, count);
  if (health !== undefined) {
    const { type, endpoint, timeout } = health;
    deploy = deploy.withHealthCheck({
      type,
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(timeout === undefined ? {} : { timeout: Math.ceil(timeout / 1000) }),
    });
  }
  return deploy;
}

/** What it may reach, and what of it is recorded. */
function withEgress({ settings, steps }: FoundScenario, start: Deploy): Deploy {
  const { offline = false, proxy = 'none' } = settings;
  let deploy = offline ? start.withoutInternetAccess() : start;
  if (proxy !== 'none') deploy = deploy.withProxy({ tls: proxy === 'https' });
  return steps.some((step) => expects(step, 'traffic')) ? deploy.withTrafficRecorded() : deploy;
}

/** What the app of a scenario is made from. */
export function scenarioSource({ settings: { app, manifest }, folder }: FoundScenario): Source {
  if (app === undefined) return resolve(folder, manifest === undefined ? '.' : `${manifest}/..`);
  if (typeof app === 'string') return resolve(folder, app);
  const { path, files = {}, without = [] } = app;
  const base = path === undefined ? fixture() : fixture(resolve(folder, path));
  return base.without(...without).with(files);
}

function reference(buildpack: string | Readonly<Record<string, string>>, folder: string): string {
  if (typeof buildpack !== 'string') return Object.keys(buildpack)[0] ?? '';
  return isBuildpackPath(buildpack) ? resolve(folder, buildpack) : buildpack;
}

async function serviceSettings(
  services: string | Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  folder: string,
): Promise<Readonly<Record<string, ServiceSettings>>> {
  if (typeof services !== 'string') {
    return Object.fromEntries(Object.entries(services).map(([name, credentials]) => [name, { credentials }]));
  }
  const file = resolve(folder, services);
  const source = { file, text: await readFile(file, 'utf8') };
  parseServices(source);
  const { services: list = [] } = plainValue(parseYaml(source, 'SERVICES_INVALID').root) as {
    services?: readonly (ServiceSettings & { readonly name: string })[];
  };
  return Object.fromEntries(list.map(({ name, ...settings }) => [name, settings]));
}
