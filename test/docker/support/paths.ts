import { join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '../../..');
export const CFSTAGE = join(ROOT, 'bin/cfstage.js');

export function fixture(...path: string[]): string {
  return join(ROOT, 'fixtures', ...path);
}

/** `config-server-buildpack` of fixtures/buildpacks. */
export function buildpack(name: string): string {
  return fixture('buildpacks', name);
}

/** A buildpack of the recordings. */
export function recordedBuildpack(name: string): string {
  return fixture('conformance/buildpacks', name);
}
