import type { BuildpackListing, ScriptName, ScriptState } from '../buildpack/buildpack.ts';
import { SCRIPT_NAMES } from '../buildpack/buildpack.ts';
import type { Finding, Severity } from './finding.ts';
import { ownPath, roleOf, shownPath, type LintSubject, type Role } from './subject.ts';

const PROBLEMS: Readonly<Partial<Record<ScriptState, Omit<Finding, 'file' | 'severity'>>>> = {
  'not-executable': {
    rule: 'script-not-executable',
    why: 'The script is not executable; a foundation does not change modes: `permission denied`',
    advice: 'chmod +x it, commit the mode (git update-index --chmod=+x), and zip with modes kept.',
  },
  'no-interpreter-line': {
    rule: 'script-no-shebang',
    line: 1,
    why: 'The script does not begin with `#!`; the builder starts it without a shell: `exec format error`',
    advice: 'Make `#!/usr/bin/env bash` its first line.',
  },
  'bad-interpreter': {
    rule: 'script-crlf',
    line: 1,
    why: 'The `#!` line ends in CR LF, so the interpreter is looked for with a CR in its name: `no such file or directory`',
    advice: 'Convert it to LF, and keep it so: `* text eol=lf` in .gitattributes.',
  },
};

/** The scripts of bin/ can be started: mode, `#!` line. */
export function scriptForm(subject: LintSubject): Finding[] {
  return subject.buildpacks.flatMap((buildpack, i) => {
    const { candidate } = buildpack;
    if ('malformed' in candidate) return [];
    const role = roleOf(subject, i);
    const at = (name: ScriptName) => shownPath(buildpack, ownPath(buildpack, `bin/${name}`));
    const findings = SCRIPT_NAMES.flatMap((name): Finding[] => {
      const problem = PROBLEMS[candidate.scripts[name]];
      return problem === undefined
        ? []
        : [{ ...problem, file: at(name), severity: severityOf(name, role, candidate) }];
    });
    return candidate.warnsOfDetectMode && candidate.scripts.detect === 'executable'
      ? [...findings, detectMode(at('detect'))]
      : findings;
  });
}

/** An error where the script will be run, a warning where this order passes it over. */
function severityOf(name: ScriptName, role: Role | undefined, { scripts }: BuildpackListing): Severity {
  if (role === undefined) return 'error';
  if (role === 'supply') return name === 'supply' ? 'error' : 'warning';
  if (name === 'detect') return role === 'candidate' ? 'error' : 'warning';
  const passedOver: readonly ScriptName[] = scripts.finalize === 'missing' ? ['supply'] : ['compile'];
  return passedOver.includes(name) ? 'warning' : 'error';
}

function detectMode(file: string): Finding {
  return {
    rule: 'script-not-executable',
    severity: 'warning',
    file,
    why: 'bin/detect lacks one of its three x bits; the builder warns of it in every staging',
    advice: 'chmod 0755 it.',
  };
}
