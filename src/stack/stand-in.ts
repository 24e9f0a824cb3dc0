import { createHash } from 'node:crypto';

/** A file that takes part in building a stand-in: the stack's definition or one of `stacks/stand-in/`. */
export interface DefinitionFile {
  /** Base name, e.g. `build.sh`. */
  readonly name: string;
  readonly text: string;
}

/** Label under which a stand-in's image keeps `standInDigest`. */
export const STAND_IN_DIGEST_LABEL = 'cfstage.stand-in.digest';

/** Tag of a stack's stand-in on the engine. */
export function standInImage(stack: string): string {
  return `cfstage/${stack}:stand-in`;
}

/** SHA-256 in hex over names and texts, whatever their order: another digest means that the stand-in is outdated. */
export function standInDigest(files: readonly DefinitionFile[]): string {
  const hash = createHash('sha256');
  for (const { name, text } of [...files].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    hash.update(JSON.stringify([name, text])).update('\n');
  }
  return hash.digest('hex');
}

/** Labels of a stand-in's image. */
export function standInLabels(stack: string, digest: string): Record<string, string> {
  return { cfstage: '1', 'cfstage.role': 'stack', 'cfstage.stack': stack, [STAND_IN_DIGEST_LABEL]: digest };
}

/** Dockerfile instructions to apply at import, one each, so that the image is used as the real one is. */
export function standInChanges(stack: string, digest: string): string[] {
  const labels = Object.entries(standInLabels(stack, digest)).map(([key, value]) => `${key}=${value}`);
  return [`LABEL ${labels.join(' ')}`, 'USER 2000:2000', 'CMD ["/bin/bash"]'];
}
