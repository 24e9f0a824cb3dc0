import { inspectBuildpack } from '../../../src/buildpack/buildpack.ts';
import type { TreeEntry } from '../../../src/buildpack/tree.ts';
import { lint } from '../../../src/lint/lint.ts';
import type { LintedBuildpack, LintSubject } from '../../../src/lint/subject.ts';
import { parseManifest } from '../../../src/manifest/parse-manifest.ts';
import { selectApp } from '../../../src/manifest/select-app.ts';

/** Text of a file (0755 in bin/, else 0644), a file of another mode, or a symlink. */
export type Member = string | { readonly mode: number; readonly text: string } | { readonly link: string };

export type Tree = Readonly<Record<string, Member>>;

export const SCRIPT = '#!/usr/bin/env bash\n';

/** A buildpack that nothing can be said against, in any role. */
export const SOUND: Tree = {
  'bin/detect': SCRIPT,
  'bin/supply': SCRIPT,
  'bin/finalize': SCRIPT,
  'bin/release': SCRIPT,
};

export function buildpackOf(label: string, tree: Tree): LintedBuildpack {
  const texts = new Map<string, string>();
  const listing = Object.entries(tree).map(([path, member]): TreeEntry => {
    if (typeof member !== 'string' && 'link' in member) {
      return { path, mode: 0o777, type: 'symlink', target: member.link };
    }
    const inBin = /(?:^|\/)bin\//.test(path);
    const { mode, text } =
      typeof member === 'string' ? { mode: inBin ? 0o755 : 0o644, text: member } : member;
    texts.set(path, text);
    const head = text.split('\n', 1)[0] ?? '';
    return { path, mode, type: 'file', ...(inBin ? { head } : {}) };
  });
  return { label, candidate: inspectBuildpack(label, listing), listing, texts };
}

/** One line a finding, as `rule severity file:line`; what is wrong, without the words that say so. */
export function found(subject: LintSubject): string[] {
  return lint(subject).map(({ rule, severity, file, line }) => {
    return `${rule} ${severity} ${line === undefined ? file : `${file}:${line}`}`;
  });
}

/** The same for one buildpack by itself, without a label. */
export function foundIn(tree: Tree, context: Omit<LintSubject, 'buildpacks'> = {}): string[] {
  return found({ buildpacks: [buildpackOf('', tree)], ...context });
}

/** An order of buildpacks named a, b, c, … */
export function orderOf(
  trees: readonly Tree[],
  { skipDetect = true, ...context }: Partial<LintSubject> & { readonly skipDetect?: boolean } = {},
): LintSubject {
  const buildpacks = trees.map((tree, i) => buildpackOf(String.fromCharCode(97 + i), tree));
  return { ...context, buildpacks, order: { length: buildpacks.length, skipDetect } };
}

/** The only app of a manifest, whose text begins below `applications:`. */
export function appOf(text: string): NonNullable<LintSubject['app']> {
  return selectApp(
    parseManifest({ text: `applications:\n${text}`, file: '/app/manifest.yml', vars: new Map() }),
  );
}
