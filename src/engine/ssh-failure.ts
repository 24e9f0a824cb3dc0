import type { SshTarget } from './ssh-command.ts';

/** A connection through ssh that did not come about or broke. `code` makes it a lost connection to all who ask. */
export class SshError extends Error {
  override readonly name = 'SshError';
  readonly code = 'ECONNREFUSED';
  readonly hint: string;

  constructor(message: string, { shown }: SshTarget) {
    super(message);
    this.hint = `Run \`${shown} docker version\` in a terminal: it must show a server and ask for nothing.`;
  }
}

/** Why ssh ended with this exit code, in its own words or those of the command there; undefined when it ended well. */
export function sshFailure(code: number | null, words: string, target: SshTarget): SshError | undefined {
  if (code === 0) return undefined;
  const said = words.trim().replaceAll(/\r?\n/g, '\n  ');
  return new SshError(said === '' ? `${target.shown} ended with exit code ${code ?? 'none'}` : said, target);
}
