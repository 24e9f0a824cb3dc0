import { fieldsOf, isBlank, stringOf, textOf, valueOf, type Fields } from './fields.ts';
import type { AppManifest, DockerImage } from './manifest.ts';
import { isString, type ManifestNode } from './manifest-node.ts';
import type { Problems } from './problems.ts';

/** Longest name or URL of a buildpack or a stack. */
const MAX_LENGTH = 4096;

type Lifecycle = Pick<AppManifest, 'stack' | 'buildpacks' | 'docker' | 'lifecycle'>;

/** Reads what decides how an app is staged: buildpacks, stack, docker, lifecycle. */
export function readLifecycle(fields: Fields, problems: Problems): Lifecycle {
  const stack = readStack(fields, problems);
  const docker = readDocker(fields, problems);
  const lifecycle = readLifecycleType(fields, docker);
  readCredentials(fields, problems);
  return {
    buildpacks: readBuildpacks(fields, problems),
    ...(stack !== undefined && { stack }),
    ...(docker && { docker }),
    ...(lifecycle && { lifecycle }),
  };
}

function readStack(fields: Fields, problems: Problems): string | undefined {
  const stack = textOf(fields, 'stack', 'Stack', problems);
  const at = fields.get('stack')?.value.at;
  if (stack !== undefined && stack.length > MAX_LENGTH && at !== undefined) {
    problems.add(at, `Stack must be between 1 and ${MAX_LENGTH} characters`);
  }
  return stack;
}

function readBuildpacks(fields: Fields, problems: Problems): readonly string[] {
  const one = fields.get('buildpack');
  const several = fields.get('buildpacks');
  const docker = valueOf(fields, 'docker');
  if (one && several) problems.add(one.key.at, 'Buildpack and Buildpacks fields cannot be used together.');
  const buildpackKey = several?.key ?? one?.key;
  if (docker !== undefined && buildpackKey !== undefined) {
    problems.add(buildpackKey.at, 'Cannot specify both buildpack(s) and docker keys');
  }
  const single = one && valueOf(fields, 'buildpack') && readBuildpack(one.value, problems);
  const list = valueOf(fields, 'buildpacks');
  return list ? readBuildpackList(list, problems) : (single ?? []);
}

/** `default`, `null` and nothing mean: detect. */
export function isDetection(buildpack: string): boolean {
  return buildpack === 'default' || buildpack === 'null';
}

function readBuildpack(value: ManifestNode, problems: Problems): readonly string[] {
  const buildpack = stringOf(value, 'Buildpack', MAX_LENGTH, problems);
  return buildpack === undefined || isDetection(buildpack) ? [] : [buildpack];
}

function readBuildpackList(value: ManifestNode, problems: Problems): readonly string[] {
  if (value.kind !== 'list') {
    problems.add(value.at, 'Buildpacks must be an array');
    return [];
  }
  const wrong = value.items.find((item) => !isString(item));
  const strings = value.items.filter(isString);
  const badLength = strings.find(({ text }) => isBlank(text) || text.length > MAX_LENGTH);
  if (wrong) problems.add(wrong.at, 'Buildpacks can only contain strings');
  if (badLength)
    problems.add(badLength.at, `Buildpacks entries must be between 1 and ${MAX_LENGTH} characters`);
  return strings.map(({ text }) => text);
}

function readDocker(fields: Fields, problems: Problems): DockerImage | undefined {
  const value = valueOf(fields, 'docker');
  if (value === undefined) return undefined;
  if (value.kind !== 'map') {
    problems.add(value.at, 'Docker must be a map with an image and a username');
    return undefined;
  }
  const docker = fieldsOf(value);
  const image = textOf(docker, 'image', 'Docker image', problems);
  const username = textOf(docker, 'username', 'Docker username', problems);
  return { ...(image !== undefined && { image }), ...(username !== undefined && { username }) };
}

/** Unknown lifecycles are passed over, as in Cloud Controller. */
function readLifecycleType(fields: Fields, docker: DockerImage | undefined): AppManifest['lifecycle'] {
  const value = valueOf(fields, 'lifecycle');
  const text = value?.kind === 'scalar' ? value.text : undefined;
  if (text === 'buildpack' || text === 'docker' || text === 'cnb') return text;
  return docker && 'docker';
}

function readCredentials(fields: Fields, problems: Problems): void {
  const value = valueOf(fields, 'cnb_credentials');
  if (value && value.kind !== 'map') problems.add(value.at, 'Credentials must be an object');
}
