import { lookUp, type ManifestNode, type MapNode } from '../manifest/manifest-node.ts';
import type { FileReference } from './spec.ts';

/** What a scenario names that has to be there before anything is run. */
export function fileReferences(scenario: MapNode): readonly FileReference[] {
  const app = lookUp(scenario, 'app');
  const buildpacks = lookUp(scenario, 'buildpacks');
  return [
    ...textOf(app?.kind === 'map' ? lookUp(app, 'path') : app),
    ...textOf(lookUp(scenario, 'manifest')),
    ...textOf(lookUp(scenario, 'services')),
    ...(buildpacks?.kind === 'list' ? buildpacks.items.flatMap(buildpackFile) : []),
  ];
}

function buildpackFile(node: ManifestNode): readonly FileReference[] {
  if (node.kind === 'map') return node.entries.flatMap(({ value }) => textOf(value));
  return textOf(node).filter(({ path }) => isBuildpackPath(path));
}

/** Whether a buildpack is a path beside the spec, and neither a URL nor a registered name. */
export function isBuildpackPath(written: string): boolean {
  if (/^[a-z][a-z\d+.-]*:/i.test(written)) return false;
  return written.includes('/') || /^\.{1,2}$/.test(written);
}

function textOf(node: ManifestNode | undefined): readonly FileReference[] {
  return node?.kind === 'scalar' && node.type === 'string' ? [{ path: node.text, at: node.at }] : [];
}
