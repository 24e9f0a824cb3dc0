import { buffer } from 'node:stream/consumers';
import { orInterrupted } from '../errors.ts';
import type { Container, ExecSpec } from './engine.ts';

/** What a short command said. */
export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

/**
 * Runs a command of ours in a container and gives back what it wrote; for output that is known to be small. `input` is all
 * that it can read.
 */
export async function runToEnd(
  container: Container,
  spec: ExecSpec,
  signal: AbortSignal,
  input?: string,
): Promise<CommandResult> {
  const asked = input === undefined ? spec : { ...spec, stdin: true };
  const process = await orInterrupted(container.exec(asked, signal), signal);
  process.stdin?.end(input);
  const [stdout, stderr, exitCode] = await orInterrupted(
    Promise.all([buffer(process.stdout), buffer(process.stderr), process.exitCode]),
    signal,
  );
  return { stdout, stderr, exitCode };
}
