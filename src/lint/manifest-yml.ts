import { CfstageError } from '../errors.ts';
import { lookUp, type ManifestNode, type MapNode, type Position } from '../manifest/manifest-node.ts';
import { parseYaml } from '../manifest/parse-yaml.ts';
import type { Finding } from './finding.ts';
import { ownPath, shownPath, type LintSubject } from './subject.ts';

/** The manifest.yml of buildpacks, as libbuildpack and the upload of a buildpack read it. Source: libbuildpack manifest.go. */
export function manifestYml({ buildpacks, stack }: LintSubject): Finding[] {
  return buildpacks.flatMap((buildpack) => {
    const path = ownPath(buildpack, 'manifest.yml');
    const text = buildpack.texts.get(path);
    if (text === undefined) return [];
    const file = shownPath(buildpack, path);
    const root = parsed(text, file);
    if ('rule' in root) return [root];
    if (root.kind !== 'map') return [];
    const dependencies = dependenciesOf(root);
    return [
      ...(stack === undefined ? [] : stackFindings(root, dependencies, stack, file)),
      ...dependencies.flatMap((dependency) => checksumFinding(dependency, file)),
    ];
  });
}

function parsed(text: string, file: string): ManifestNode | Finding {
  try {
    return parseYaml({ text, file }, 'BUILDPACK_INVALID').root;
  } catch (error) {
    if (!(error instanceof CfstageError)) throw error;
    const [first = ''] = error.message.split('\n');
    const at = /:(\d+):\d+: (.*)$/.exec(first);
    return {
      rule: 'manifest-yml-invalid',
      severity: 'error',
      file,
      ...(at?.[1] === undefined ? {} : { line: Number(at[1]) }),
      why: `It is no YAML that can be read: ${at?.[2] ?? first}`,
      advice: 'Mend it; libbuildpack and the upload of a buildpack both read it.',
    };
  }
}

function dependenciesOf(root: MapNode): MapNode[] {
  const list = lookUp(root, 'dependencies');
  return list?.kind === 'list' ? list.items.filter((item) => item.kind === 'map') : [];
}

function stackFindings(
  root: MapNode,
  dependencies: readonly MapNode[],
  stack: string,
  file: string,
): Finding[] {
  const own = lookUp(root, 'stack');
  if (own?.kind === 'scalar' && own.text !== '') {
    return own.text === stack
      ? []
      : [
          stackFinding(
            file,
            own.at,
            `The buildpack is for the stack ${own.text} alone, and the app is staged on ${stack}`,
          ),
        ];
  }
  const listed = dependencies.flatMap((dependency) => textsOf(lookUp(dependency, 'cf_stacks')));
  if (listed.length === 0 || listed.includes(stack)) return [];
  const at = lookUp(root, 'dependencies')?.at ?? root.at;
  const known = [...new Set(listed)].sort().join(', ');
  return [
    stackFinding(
      file,
      at,
      `No dependency is for the stack ${stack} (there are: ${known}): required stack ${stack} was not found`,
    ),
  ];
}

function stackFinding(file: string, { line }: Position, why: string): Finding {
  const advice = 'Add the stack to cf_stacks of dependencies built for it, or stage on one that is listed.';
  return { rule: 'stack-not-listed', severity: 'error', file, line, why, advice };
}

function checksumFinding(dependency: MapNode, file: string): Finding[] {
  const uri = lookUp(dependency, 'uri') ?? lookUp(dependency, 'file');
  const sha256 = lookUp(dependency, 'sha256');
  if (uri === undefined || (sha256?.kind === 'scalar' && sha256.text !== '')) return [];
  const [name, version] = ['name', 'version'].map((key) => textsOf(lookUp(dependency, key))[0] ?? '?');
  return [
    {
      rule: 'dependency-checksum',
      severity: 'error',
      file,
      line: dependency.at.line,
      why: `The dependency ${name ?? '?'} ${version ?? '?'} has no sha256: nobody notices when its download is another file`,
      advice: 'Add `sha256:` with the output of `sha256sum` of the file.',
    },
  ];
}

function textsOf(node: ManifestNode | undefined): string[] {
  if (node?.kind === 'scalar') return node.text === '' ? [] : [node.text];
  return node?.kind === 'list' ? node.items.flatMap(textsOf) : [];
}
