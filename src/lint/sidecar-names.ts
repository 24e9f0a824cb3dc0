import type { Finding } from './finding.ts';
import { allDeclarations, isSidecar, type Declaration } from './launch-declarations.ts';
import type { LintSubject } from './subject.ts';

const ADVICE = 'Give each sidecar of the app a name of its own; prefix it with that of the buildpack.';

/** Sidecars that cannot be, or that quietly replace each other, because of their names. */
export function sidecarNames(subject: LintSubject): Finding[] {
  const declarations = allDeclarations(subject);
  return [
    ...conflictsWithUser(subject, declarations),
    ...writtenTwice(declarations),
    ...(subject.order?.skipDetect === true ? replacements(declarations) : []),
  ];
}

/** Source: cloud_controller_ng sidecar_synchronize_from_app_droplet.rb. */
function conflictsWithUser({ app }: LintSubject, declarations: readonly Declaration[]): Finding[] {
  const names = new Set(app?.sidecars.map(({ name }) => name));
  return declarations
    .filter((declaration) => isSidecar(declaration) && names.has(declaration.process.type))
    .map((declaration) =>
      clash(
        declaration,
        `Buildpack defined sidecar '${declaration.process.type}' conflicts with an existing user-defined sidecar (that of the manifest): the droplet is refused`,
      ),
    );
}

/** Entries of one launch.yml are not compared with each other by the builder, but Cloud Controller refuses them. */
function writtenTwice(declarations: readonly Declaration[]): Finding[] {
  return declarations.flatMap((later, i) => {
    const earlier = declarations
      .slice(0, i)
      .find(
        (other) =>
          other.buildpack === later.buildpack &&
          other.text === later.text &&
          other.process.type === later.process.type,
      );
    if (earlier === undefined || !isSidecar(earlier) || !isSidecar(later)) return [];
    return [clash(later, `Sidecar with name '${later.process.type}' already exists for given app`)];
  });
}

/** Source: buildpackapplifecycle resources/launch.go, `MergeProcesses`. */
function replacements(declarations: readonly Declaration[]): Finding[] {
  return declarations.flatMap((later) => {
    const earlier = declarations.find(
      (other) =>
        other.buildpack < later.buildpack &&
        other.process.type === later.process.type &&
        (isSidecar(other) || isSidecar(later)),
    );
    if (earlier === undefined) return [];
    const what = isSidecar(earlier) ? 'sidecar' : 'process';
    return [
      clash(
        later,
        `'${later.process.type}' takes the place of the ${what} of that name from ${earlier.file}:${earlier.line}, which then does not run`,
      ),
    ];
  });
}

function clash({ file, line }: Declaration, why: string): Finding {
  return { rule: 'sidecar-name', severity: 'error', file, line, why, advice: ADVICE };
}
