import { allDeclarations, isSidecar } from './launch-declarations.ts';
import type { LintSubject } from './subject.ts';

/** A sidecar as the manifest or a launch.yml declares it, and where. */
export interface PlacedSidecar {
  readonly name: string;
  readonly command: string;
  readonly processTypes: readonly string[];
  /** In MB; absent when none was asked for. */
  readonly memoryMb?: number;
  readonly file: string;
  readonly line?: number;
  /** Absent for one of the manifest. */
  readonly buildpack?: number;
}

export function sidecarsOfManifest({ app, appManifestFile = 'manifest.yml' }: LintSubject): PlacedSidecar[] {
  return (app?.sidecars ?? []).map(({ origin, ...sidecar }) => {
    const line = /:(\d+):\d+$/.exec(origin ?? '')?.[1];
    return { ...sidecar, file: appManifestFile, ...(line === undefined ? {} : { line: Number(line) }) };
  });
}

export function sidecarsOfBuildpacks(subject: LintSubject): PlacedSidecar[] {
  return allDeclarations(subject)
    .filter(isSidecar)
    .map(({ process, file, line, buildpack }) => ({
      name: process.type,
      command: process.command,
      processTypes: process.sidecarFor,
      ...(process.memory === 0 ? {} : { memoryMb: process.memory }),
      file,
      line,
      buildpack,
    }));
}
