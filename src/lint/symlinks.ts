import { takesPart } from './buildpack-files.ts';
import type { Finding } from './finding.ts';
import { shownPath, type LintSubject } from './subject.ts';

/** Directories of every stack. */
const OF_THE_STACK = /^\/(?:bin|dev|etc|lib(?:32|64)?|proc|sbin|usr|var)(?:\/|$)/;

/** Symlinks that lead somewhere else once the buildpack lies on a cell. */
export function symlinks({ buildpacks }: LintSubject): Finding[] {
  return buildpacks.flatMap((buildpack) =>
    buildpack.listing.flatMap(({ path, target }): Finding[] => {
      if (target === undefined || !takesPart(path)) return [];
      const file = shownPath(buildpack, path);
      if (target.startsWith('/')) return [absolute(file, target)];
      return leavesTree(path, target) ? [outside(file, target)] : [];
    }),
  );
}

function absolute(file: string, target: string): Finding {
  const inStack = OF_THE_STACK.test(target);
  return {
    rule: 'symlink-absolute',
    severity: inStack ? 'warning' : 'error',
    file,
    why: inStack
      ? `The symlink leads to ${target}, which may be another thing, or nothing, on the stack`
      : `The symlink leads to ${target}, which is not there on a cell: a buildpack lies in /tmp/buildpacks/HASH or /tmp/buildpackdownloads/HASH`,
    advice: inStack
      ? 'Make it at run time (`ln -s "$(command -v …)"`), or ship the file.'
      : 'Make the symlink relative, and keep what it leads to inside the buildpack.',
  };
}

function outside(file: string, target: string): Finding {
  return {
    rule: 'symlink-outside',
    severity: 'error',
    file,
    why: `The symlink leads out of the buildpack (${target}): what is beside it on this machine is not there on a cell`,
    advice: 'Copy what it leads to into the buildpack.',
  };
}

function leavesTree(path: string, target: string): boolean {
  let depth = path.split('/').length - 1;
  for (const name of target.split('/')) {
    if (name === '..') depth -= 1;
    else if (name !== '' && name !== '.') depth += 1;
    if (depth < 0) return true;
  }
  return false;
}
