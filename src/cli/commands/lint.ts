import pc from 'picocolors';
import { lintBuildpacks, type LintReport } from '../../app/lint.ts';
import { openLocalBench } from '../../app/workbench.ts';
import { toRequest, type PushFlags } from '../push-flags.ts';
import { runCommand } from '../session.ts';

/** Prints what was found, with `--json` as one array. Ends with 1 when there are errors; warnings alone are 0. */
export async function lintCommand(
  buildpacks: readonly string[],
  flags: PushFlags & { readonly app?: string },
): Promise<number> {
  return await runCommand({}, async ({ settings, emit, signal, print }) => {
    const request = toRequest(flags.app, flags, settings.cwd);
    const report = await lintBuildpacks(buildpacks, request, openLocalBench(settings.home, emit), signal);
    print(flags.json === true ? JSON.stringify(report.findings) : render(report, settings.colour));
    return report.findings.some(({ severity }) => severity === 'error') ? 1 : 0;
  });
}

function render({ findings, buildpacks }: LintReport, colour: boolean): string {
  const { red, yellow, dim } = pc.createColors(colour);
  const lines = findings.flatMap(({ file, line, severity, why, advice }) => {
    const place = line === undefined ? file : `${file}:${line}`;
    return [`${place}: ${(severity === 'error' ? red : yellow)(severity)}: ${why}`, `    ${dim(advice)}`];
  });
  return [...lines, count(findings, buildpacks)].join('\n');
}

function count(findings: LintReport['findings'], buildpacks: number): string {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const warnings = findings.length - errors;
  return `${plural(errors, 'error')}, ${plural(warnings, 'warning')} in ${plural(buildpacks, 'buildpack')}`;
}

function plural(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
