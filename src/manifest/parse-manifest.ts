import { appName, readApp } from './app-fields.ts';
import { lookUp, type ManifestNode, type MapNode } from './manifest-node.ts';
import type { Manifest } from './manifest.ts';
import { interpolateVariables, type Variables } from './interpolate-variables.ts';
import { parseYaml } from './parse-yaml.ts';
import { Problems } from './problems.ts';
import { unknownKeys } from './unknown-keys.ts';

const HINT = 'Mend the manifest at the places named.';
const START = { line: 1, column: 1 };

export interface ManifestSource {
  readonly text: string;
  /** As the file is to be named in messages. */
  readonly file: string;
  readonly vars: Variables;
}

/**
 * Reads a manifest as `cf push` and Cloud Controller do. All faults of all apps are told at once, one line each:
 * `file:line:column: For application 'x': …`.
 * @throws CfstageError MANIFEST_INVALID, or VARIABLES_INVALID where a variable is at fault
 */
export function parseManifest({ text, file, vars }: ManifestSource): Manifest {
  const yaml = parseYaml({ text, file }, 'MANIFEST_INVALID');
  const root = interpolateVariables(yaml.root, vars, file);
  const problems = new Problems(file);
  const items = applicationsOf(root, problems);
  const apps = items.filter((item) => item.kind === 'map');
  const read = items.flatMap((item, index) => {
    const name = item.kind === 'map' ? appName(item) : '';
    const where = name === '' ? `For application at index ${index}: ` : `For application '${name}': `;
    if (item.kind === 'map') return [readApp(item, problems.within(where))];
    problems.add(item.at, `${where}must be a map of keys and values`);
    return [];
  });
  const nameless = apps.find((app) => appName(app) === '');
  if (items.length > 1 && nameless) problems.add(nameless.at, 'Found an application with no name specified.');
  problems.raise('MANIFEST_INVALID', HINT);
  const ignored = root.kind === 'map' ? unknownKeys(root, apps, file) : [];
  return { apps: read, warnings: [...yaml.warnings, ...ignored] };
}

/** The items of `applications`, or the complaint of the cf CLI or of Cloud Controller. */
function applicationsOf(root: ManifestNode, problems: Problems): readonly ManifestNode[] {
  if (root.kind === 'scalar' && root.type === 'null') {
    problems.add(START, 'Manifest must have at least one application.');
  } else if (root.kind !== 'map') {
    problems.add(root.at, 'Request invalid due to parse error: invalid request body');
  } else {
    checkVersion(root, problems);
    return readItems(root, problems);
  }
  return [];
}

function readItems(root: MapNode, problems: Problems): readonly ManifestNode[] {
  const applications = lookUp(root, 'applications');
  if (applications?.kind === 'list' && applications.items.length > 0) return applications.items;
  const isOtherValue =
    applications?.kind === 'map' || (applications?.kind === 'scalar' && applications.type !== 'null');
  const message = isOtherValue
    ? "Cannot parse manifest with no 'applications' field."
    : 'Manifest must have at least one application.';
  problems.add(applications?.at ?? root.at, message);
  return [];
}

function checkVersion(root: MapNode, problems: Problems): void {
  const version = lookUp(root, 'version');
  if (
    version === undefined ||
    (version.kind === 'scalar' && (version.type === 'null' || version.text === '1'))
  )
    return;
  problems.add(version.at, 'Unsupported manifest schema version. Currently supported versions: [1].');
}
