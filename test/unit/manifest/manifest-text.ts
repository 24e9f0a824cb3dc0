import { CfstageError, type ErrorCode } from '../../../src/errors.ts';
import type { AppManifest, Manifest } from '../../../src/manifest/manifest.ts';
import { parseManifest } from '../../../src/manifest/parse-manifest.ts';

export function parse(text: string): Manifest {
  return parseManifest({ text, file: 'manifest.yml', vars: new Map() });
}

/** A manifest with one app `x` and the given lines below its name. */
export function withApp(...lines: readonly string[]): string {
  return [
    'applications:',
    '- name: x',
    ...lines.flatMap((line) => line.split('\n')).map((l) => `  ${l}`),
    '',
  ].join('\n');
}

export function parseApp(...lines: readonly string[]): AppManifest {
  const [app] = parse(withApp(...lines)).apps;
  if (!app) throw new Error('no app');
  return app;
}

export function failureOf(act: () => unknown): CfstageError {
  try {
    act();
  } catch (error) {
    if (error instanceof CfstageError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

/** The messages of a failure, without their places. */
export function messagesOf(act: () => unknown, code: ErrorCode = 'MANIFEST_INVALID'): readonly string[] {
  const failure = failureOf(act);
  if (failure.code !== code) throw failure;
  return failure.message.split('\n').map((line) => line.replace(/^[^:]+:\d+:\d+: /, ''));
}
