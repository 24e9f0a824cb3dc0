/** Metadata of version control that a local directory keeps for itself, at any depth. */
const VERSION_CONTROL = new Set(['.git', '.hg', '.svn']);

/**
 * What editors keep beside a file that is being edited: swap, lock, backup and temporary files of vim, emacs, nano and the
 * JetBrains ones, and what the Finder leaves.
 */
const OF_EDITORS = /^(?:\..*\.sw[a-px]|\..*\.swpx|4913|\.#.*|#.*#|.*~|.*___jb_(?:tmp|old)___|\.DS_Store)$/;

/** Whether a file or directory of that name in a buildpack's directory is no part of the buildpack. */
export function isNoPartOfBuildpack(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return VERSION_CONTROL.has(name) || OF_EDITORS.test(name);
}
