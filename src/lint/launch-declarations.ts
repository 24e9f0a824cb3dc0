import { parseLaunchYml } from '../buildpack/launch-yml.ts';
import type { LaunchProcess } from '../lifecycle/launch-process.ts';
import type { Finding } from './finding.ts';
import { launchYmlWrites, UNKNOWN_PART, type LaunchYmlWrite } from './launch-yml-writes.ts';
import type { LintedBuildpack, LintSubject } from './subject.ts';

/** An entry of a launch.yml whose text is known. */
export interface Declaration {
  /** Position of its buildpack in the subject. */
  readonly buildpack: number;
  readonly file: string;
  readonly line: number;
  /** The whole launch.yml. */
  readonly text: string;
  readonly process: LaunchProcess;
}

/** What the launch.yml of one buildpack declare, without the entries whose name only the run will tell. */
export function declarationsOf(buildpack: LintedBuildpack, index: number): Declaration[] {
  return launchYmlWrites(buildpack).flatMap((write) => {
    const { file, line, text } = write;
    const parsed = text === undefined ? undefined : parseLaunchYml(text);
    if (text === undefined || parsed === undefined || 'failure' in parsed) return [];
    const lines = text.split('\n');
    let from = 0;
    return parsed.value.flatMap((process) => {
      if (process.type === '' || process.type.includes(UNKNOWN_PART)) return [];
      const at = lines.findIndex((candidate, i) => i >= from && names(candidate, process.type));
      from = at === -1 ? from : at + 1;
      return [{ buildpack: index, file, line: at === -1 ? line : line + at, text, process }];
    });
  });
}

export function allDeclarations({ buildpacks }: LintSubject): Declaration[] {
  return buildpacks.flatMap(declarationsOf);
}

export function isSidecar({ process }: Declaration): boolean {
  return process.sidecarFor.length > 0;
}

/** A launch.yml that the builder will not be able to read. */
export function launchYmlSyntax({ buildpacks }: LintSubject): Finding[] {
  return buildpacks.flatMap((buildpack) =>
    launchYmlWrites(buildpack).flatMap((write) => {
      const problem = syntaxProblem(write);
      return problem === undefined ? [] : [problem];
    }),
  );
}

function syntaxProblem({ file, line, text }: LaunchYmlWrite): Finding | undefined {
  if (text === undefined || text.includes(UNKNOWN_PART) || isTemplate(text)) return undefined;
  const parsed = parseLaunchYml(text);
  if (!('failure' in parsed) || parsed.failure.kind !== 'InvalidLaunchYml') return undefined;
  return {
    rule: 'launch-yml-invalid',
    severity: 'error',
    file,
    line,
    why: `The builder cannot read this launch.yml and gives up: ${parsed.failure.detail.replaceAll('\n', ' ')}`,
    advice:
      'Write `processes:` as a list; `limits.memory` is a whole number of MB, `platforms.cloudfoundry.sidecar_for` a list.',
  };
}

/** Filled in by the buildpack before it is used. */
function isTemplate(text: string): boolean {
  return /\{\{|<%|\$\{|@@|__[A-Z]/.test(text);
}

function names(line: string, type: string): boolean {
  const match = /^[\s{,-]*["']?type["']?\s*:\s*(.*)$/.exec(line);
  return match?.[1]?.replace(/^["']/, '').startsWith(type) ?? false;
}
