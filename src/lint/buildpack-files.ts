import type { LintedBuildpack } from './subject.ts';

/** Directories that serve the making of a buildpack and not its work, or that hold other people's files. */
const ASIDE = new Set([
  'ci',
  'doc',
  'docs',
  'example',
  'examples',
  'fixtures',
  'integration',
  'node_modules',
  'spec',
  'specs',
  'test',
  'testdata',
  'tests',
  'vendor',
]);

/** Whether a path may play a part in a staging; what only serves the buildpack's own tests and workshop does not. */
export function takesPart(path: string): boolean {
  const directories = path.split('/').slice(0, -1);
  return directories.every((name) => !ASIDE.has(name) && (!name.startsWith('.') || name === '.profile.d'));
}

/** A text of a buildpack that is run. */
export interface Script {
  readonly path: string;
  readonly text: string;
  /** In bin/, so run by the platform; else a part of other scripts. */
  readonly entryPoint: boolean;
  /** Checked in to be sourced when the app starts. */
  readonly profile: boolean;
}

/** Everything in bin/, with `#!`, named like a shell script, or in profile.d. */
export function scriptsOf(buildpack: LintedBuildpack): Script[] {
  const { candidate, texts } = buildpack;
  const bin = 'malformed' in candidate || candidate.directory === '' ? 'bin/' : `${candidate.directory}/bin/`;
  return [...texts].flatMap(([path, text]) => {
    if (!takesPart(path)) return [];
    const entryPoint = path.startsWith(bin) && !path.slice(bin.length).includes('/');
    const profile = /(?:^|\/)\.?profile\.d\/[^/]+$/.test(path);
    const script = entryPoint || profile || text.startsWith('#!') || /\.(?:sh|bash)$/.test(path);
    return script ? [{ path, text, entryPoint, profile }] : [];
  });
}

/** The launch.yml files that are checked in. */
export function launchYmlFiles({
  texts,
}: LintedBuildpack): { readonly path: string; readonly text: string }[] {
  return [...texts].flatMap(([path, text]) =>
    takesPart(path) && /(?:^|\/)launch\.yml$/.test(path) ? [{ path, text }] : [],
  );
}
