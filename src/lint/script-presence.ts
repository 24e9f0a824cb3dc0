import type { BuildpackListing, ScriptName } from '../buildpack/buildpack.ts';
import { MISSING_FINALIZE_WARNING, malformedBuildpackMessage } from '../lifecycle/staging-failure.ts';
import type { Finding } from './finding.ts';
import { launchYmlWrites } from './launch-yml-writes.ts';
import { ownPath, roleOf, shownPath, type LintedBuildpack, type LintSubject, type Role } from './subject.ts';

/** The scripts that a staging would run are there. Source: buildpackrunner/runner.go. */
export function scriptPresence(subject: LintSubject): Finding[] {
  return subject.buildpacks.flatMap((buildpack, i) => {
    const { candidate } = buildpack;
    if ('malformed' in candidate) return [malformed(buildpack)];
    const missing = (name: ScriptName, why: string, advice: string): Finding => ({
      rule: 'script-missing',
      severity: 'error',
      file: shownPath(buildpack, ownPath(buildpack, `bin/${name}`)),
      why,
      advice,
    });
    const role = roleOf(subject, i);
    if (role === undefined) return [...anyScript(candidate, missing)];
    if (role === 'supply') return [...supplyScripts(candidate, missing)];
    return [
      ...(role === 'candidate' ? detectScript(candidate, missing) : []),
      ...finalScripts(buildpack, candidate, { role, index: i, subject }, missing),
    ];
  });
}

type Missing = (name: ScriptName, why: string, advice: string) => Finding;

function malformed(buildpack: LintedBuildpack): Finding {
  return {
    rule: 'script-missing',
    severity: 'error',
    file: shownPath(buildpack, 'bin'),
    why: malformedBuildpackMessage(buildpack.candidate.key),
    advice: 'Keep bin/ at the top of the buildpack or in its only directory.',
  };
}

function* anyScript({ scripts }: BuildpackListing, missing: Missing): Generator<Finding> {
  const { supply, finalize, compile } = scripts;
  if ([supply, finalize, compile].some((state) => state !== 'missing')) return;
  yield missing(
    'supply',
    'There is no bin/supply, bin/finalize or bin/compile: no staging can use this buildpack',
    'Write bin/supply to add dependencies, and bin/finalize to be the last of an order as well.',
  );
}

function* supplyScripts({ scripts }: BuildpackListing, missing: Missing): Generator<Finding> {
  if (scripts.supply !== 'missing') return;
  yield missing(
    'supply',
    'Every buildpack before the last one must have bin/supply, or staging fails before anything is run (exit 225)',
    'Write bin/supply, or put the buildpack last.',
  );
}

function* detectScript({ scripts }: BuildpackListing, missing: Missing): Generator<Finding> {
  if (scripts.detect !== 'missing') return;
  const finding = missing(
    'detect',
    'Without bin/detect the buildpack is passed over when an app names no buildpacks',
    'Write bin/detect (exit 0 when the app is yours), or name the buildpack in the manifest.',
  );
  yield canBeLast(scripts) ? finding : { ...finding, severity: 'warning' };
}

function canBeLast({ finalize, compile }: BuildpackListing['scripts']): boolean {
  return finalize !== 'missing' || compile !== 'missing';
}

interface Place {
  readonly role: Role;
  readonly index: number;
  readonly subject: LintSubject;
}

function* finalScripts(
  buildpack: LintedBuildpack,
  { scripts }: BuildpackListing,
  { role, index, subject }: Place,
  missing: Missing,
): Generator<Finding> {
  const { detect, finalize, release } = scripts;
  if (role === 'candidate' && detect === 'missing') return;
  if (!canBeLast(scripts)) {
    yield missing(
      'finalize',
      'The last buildpack of an order, and a detected one, needs bin/finalize, or bin/compile: staging fails without (exit 223)',
      role === 'candidate'
        ? 'Write bin/finalize, or take the buildpack out of detection.'
        : 'Write bin/finalize, or put a buildpack after this one that has it.',
    );
    return;
  }
  if (finalize === 'missing' && role === 'final' && index > 0) {
    yield {
      ...missing('finalize', MISSING_FINALIZE_WARNING, 'Write bin/finalize next to bin/compile.'),
      severity: 'warning',
    };
  }
  const read = role === 'final' || subject.order?.length === 1;
  if (release === 'missing' && !(read && launchYmlWrites(buildpack).length > 0)) {
    yield {
      ...missing(
        'release',
        'bin/release is run unless the last buildpack left a launch.yml, and nothing here seems to write one: staging fails then (exit 224)',
        'Write bin/release (`default_process_types:` on stdout), or launch.yml into the deps directory.',
      ),
      severity: 'warning',
    };
  }
}
