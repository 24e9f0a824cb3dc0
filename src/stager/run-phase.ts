import { text } from 'node:stream/consumers';
import type { Phase } from '../buildpack/phases.ts';
import { startFailure } from '../buildpack/phase-failure.ts';
import type { Container } from '../engine/engine.ts';
import { isContainerLost } from '../engine/container-lost.ts';
import { CfstageError, orInterrupted } from '../errors.ts';
import { VCAP } from '../lifecycle/container-paths.ts';
import { withoutEngineVariables } from '../lifecycle/engine-variables.ts';
import type { Environment } from '../lifecycle/environment.ts';
import { STAGING_SOURCE } from '../lifecycle/log-sources.ts';
import type { ScriptFailure } from '../lifecycle/script-failure.ts';
import type { Emit } from '../logs/event.ts';
import { pumpOutput } from '../logs/pump-output.ts';

/** A status from here on is of a process that a signal ended. */
const SIGNALLED = 128;

/** How a phase's script ended. `output` is its stdout where the phase is captured, else empty. */
export interface PhaseOutcome {
  readonly failure: ScriptFailure | undefined;
  readonly output: string;
  readonly exitCode: number;
  readonly durationMs: number;
}

/** Runs the script of one phase as vcap, its output going to the staging log line by line. */
export async function runPhase(
  phase: Phase,
  container: Container,
  env: Environment,
  log: { readonly app: string; readonly emit: Emit },
  signal: AbortSignal,
): Promise<PhaseOutcome> {
  const { app, emit } = log;
  const named = { app, phase: phase.phase, buildpack: phase.key };
  const start = performance.now();
  await emit({ type: 'phase-started', ...named });
  await container.announce({ kind: 'staging', phase: phase.phase, buildpack: phase.key });
  const ended = await execute(phase, container, env, log, signal);
  const durationMs = Math.round(performance.now() - start);
  await container.announce(undefined);
  await emit({ type: 'phase-ended', ...named, exitCode: ended.exitCode, durationMs });
  return { ...ended, durationMs };
}

async function execute(
  phase: Phase,
  container: Container,
  env: Environment,
  { app, emit }: { readonly app: string; readonly emit: Emit },
  signal: AbortSignal,
): Promise<Omit<PhaseOutcome, 'durationMs'>> {
  const cannotStart = startFailure(phase);
  if (cannotStart !== undefined) return { failure: cannotStart, output: '', exitCode: 126 };
  const process = await orInterrupted(
    container.exec(
      {
        argv: [...withoutEngineVariables(env), ...phaseArgv(phase)],
        env,
        user: VCAP.name,
        workingDir: VCAP.home,
      },
      signal,
    ),
    signal,
  );
  const line = { app, source: STAGING_SOURCE };
  const [output, , status] = await orInterrupted(
    Promise.all([
      phase.captured ? text(process.stdout) : pumpOutput(process.stdout, emit, { ...line, stream: 'OUT' }),
      pumpOutput(process.stderr, emit, { ...line, stream: 'ERR' }),
      process.exitCode,
    ]),
    signal,
  );
  // A script that a removed container took with it has not failed.
  if (status >= SIGNALLED && (await isContainerLost(container))) {
    throw new CfstageError('CONTAINER_GONE', 'The staging container was stopped or removed from outside', {
      hint: 'Run the command again.',
    });
  }
  const failure: ScriptFailure | undefined = status === 0 ? undefined : { kind: 'exit', status };
  return { failure, output: output ?? '', exitCode: status };
}

/** The command line of a phase. */
export function phaseArgv({ script, args }: Phase): readonly string[] {
  return [script, ...args];
}
