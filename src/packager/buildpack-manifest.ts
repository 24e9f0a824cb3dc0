import { CfstageError } from '../errors.ts';
import { isNull, lookUp, type ManifestNode, type MapNode } from '../manifest/manifest-node.ts';
import { parseYaml } from '../manifest/parse-yaml.ts';

/** A file that a buildpack installs. Source of the keys: libbuildpack packager/models.go. */
export interface BuildpackDependency {
  readonly name: string;
  readonly version: string;
  readonly uri: string;
  /** Hex; '' where the manifest has none, and then no file will match it. */
  readonly sha256: string;
  readonly stacks: readonly string[];
}

/** What packaging a buildpack needs of its manifest.yml. */
export interface BuildpackManifest {
  /** '' where it names none. */
  readonly language: string;
  /** Set in a packaged one. */
  readonly stack: string;
  /** Undefined where it has no `include_files`. */
  readonly includeFiles: readonly string[] | undefined;
  /** A program to run first, with the buildpack as its working directory; '' for none. */
  readonly prePackage: string;
  readonly dependencies: readonly BuildpackDependency[];
  readonly defaultVersions: readonly { readonly name: string; readonly version: string }[];
  /** Names of the dependencies that each packaging profile leaves out. */
  readonly profiles: ReadonlyMap<string, readonly string[]>;
}

/** Raises BUILDPACK_INVALID with file, line and column. */
export function parseBuildpackManifest(text: string, file: string): BuildpackManifest {
  const { root } = parseYaml({ text, file }, 'BUILDPACK_INVALID');
  if (root.kind !== 'map') throw notA(root, 'map', file);
  const profiles = mapAt(root, 'packaging_profiles', file)?.entries ?? [];
  return {
    language: textAt(root, 'language'),
    stack: textAt(root, 'stack'),
    includeFiles: lookUp(root, 'include_files') === undefined ? undefined : textsAt(root, 'include_files'),
    prePackage: textAt(root, 'pre_package'),
    dependencies: mapsAt(root, 'dependencies', file).map((dependency) => ({
      name: textAt(dependency, 'name'),
      version: textAt(dependency, 'version'),
      uri: textAt(dependency, 'uri'),
      sha256: textAt(dependency, 'sha256').toLowerCase(),
      stacks: textsAt(dependency, 'cf_stacks'),
    })),
    defaultVersions: mapsAt(root, 'default_versions', file).map((one) => ({
      name: textAt(one, 'name'),
      version: textAt(one, 'version'),
    })),
    profiles: new Map(
      profiles.map(({ key, value }) => [key.text, value.kind === 'map' ? textsAt(value, 'exclude') : []]),
    ),
  };
}

function textAt(node: MapNode, key: string): string {
  const value = lookUp(node, key);
  return value?.kind === 'scalar' ? value.text : '';
}

function textsAt(node: MapNode, key: string): readonly string[] {
  const value = lookUp(node, key);
  if (value?.kind !== 'list') return [];
  return value.items.flatMap((item) => (item.kind === 'scalar' ? [item.text] : []));
}

function mapsAt(node: MapNode, key: string, file: string): readonly MapNode[] {
  const value = lookUp(node, key);
  if (value === undefined || isNull(value)) return [];
  if (value.kind !== 'list') throw notA(value, 'list', file, key);
  return value.items.map((item) => {
    if (item.kind !== 'map') throw notA(item, 'map', file, key);
    return item;
  });
}

function mapAt(node: MapNode, key: string, file: string): MapNode | undefined {
  const value = lookUp(node, key);
  if (value === undefined || isNull(value)) return undefined;
  if (value.kind !== 'map') throw notA(value, 'map', file, key);
  return value;
}

function notA({ at }: ManifestNode, kind: 'map' | 'list', file: string, key?: string): CfstageError {
  const what = key === undefined ? 'A manifest of a buildpack' : `An entry of '${key}'`;
  return new CfstageError('BUILDPACK_INVALID', `${file}:${at.line}:${at.column}: ${what} must be a ${kind}`, {
    hint: "See 'Buildpack packaging' in the documentation of Cloud Foundry's buildpacks.",
  });
}
