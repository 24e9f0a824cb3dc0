import { scriptsOf } from './buildpack-files.ts';
import type { Finding } from './finding.ts';
import { shownPath, type LintSubject } from './subject.ts';

/** CR LF in scripts, beyond the `#!` lines of bin/ that `scriptForm` looks at. */
export function lineEnds({ buildpacks }: LintSubject): Finding[] {
  return buildpacks.flatMap((buildpack) =>
    scriptsOf(buildpack).flatMap(({ path, text, entryPoint }): Finding[] => {
      const lines = text.split('\n');
      const first = lines.findIndex((line) => line.endsWith('\r'));
      if (first === -1 || (first === 0 && entryPoint && text.startsWith('#!'))) return [];
      return [
        {
          rule: 'script-crlf',
          severity: entryPoint ? 'error' : 'warning',
          file: shownPath(buildpack, path),
          line: first + 1,
          why: 'The line ends in CR LF: the shell takes the CR for a part of its last word',
          advice: 'Convert the file to LF, and keep it so: `* text eol=lf` in .gitattributes.',
        },
      ];
    }),
  );
}
