import { text } from 'node:stream/consumers';
import type { Writable } from 'node:stream';
import type { Container, ExecProcess } from '../engine/engine.ts';
import { CfstageError } from '../errors.ts';
import { VCAP } from '../lifecycle/container-paths.ts';
import { SSHD } from '../lifecycle/sshd-script.ts';
import { readLine } from './read-line.ts';

/** A part of SSHD_SCRIPT that runs. */
export interface RemoteProcess extends ExecProcess {
  readonly stdin: Writable;
  /** As the container counts; of its process group, too. */
  readonly pid: number;
}

/** Starts a part of SSHD_SCRIPT as vcap. `signal` gives that up. */
export async function startRemote(
  container: Container,
  args: readonly string[],
  tty: boolean,
  signal: AbortSignal,
  env: Readonly<Record<string, string>> = {},
): Promise<RemoteProcess> {
  const process = await container.exec(
    {
      argv: ['/bin/bash', SSHD, ...args],
      env,
      user: VCAP.name,
      workingDir: VCAP.home,
      stdin: true,
      tty,
    },
    signal,
  );
  const { stdin, stdout, stderr } = process;
  if (stdin === undefined) throw new Error('The process has no standard input');
  // Who reads or writes them notices by other ways; nobody does at all times.
  for (const stream of [stdin, stdout, stderr]) stream.on('error', () => undefined);
  const line = await readLine(stdout);
  if (/^\d+$/.test(line ?? '')) return { ...process, stdin, pid: Number(line) };
  stdout.resume();
  const said = await text(stderr).catch(() => '');
  process.close();
  throw new CfstageError(
    'ENGINE_FAILED',
    `A session could not be started in the container: ${said.trim() || (line ?? 'it ended')}`,
    { hint: 'Start the app again, then run the command again.' },
  );
}
