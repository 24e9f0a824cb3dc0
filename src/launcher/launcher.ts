import type { Readable } from 'node:stream';
import type { Container } from '../engine/engine.ts';
import { CfstageError, orInterrupted } from '../errors.ts';
import { DROPLET_DIR } from '../lifecycle/container-paths.ts';
import { SSH_PORT } from '../lifecycle/instance-ports.ts';
import { healthSource } from '../lifecycle/log-sources.ts';
import { pidFile } from '../lifecycle/pid-file.ts';
import type { Emit } from '../logs/event.ts';
import type { LaunchPlan } from '../plan/launch-plan.ts';
import { withNetwork } from '../plan/network-later.ts';
import { uploadLoginFiles } from './app-container.ts';
import { AppLog } from './app-log.ts';
import { startProcess } from './app-process.ts';
import { checkUntilPass } from './check.ts';
import { Instance } from './instance.ts';
import type { Downfall } from './instance-end.ts';

/** A droplet on its way into its container: a plain tar. `bytes` are known once it has been read. */
export interface DropletStream {
  readonly tar: Readable;
  bytes(): number;
}

/** An instance that runs, and where it is reached on the engine's host. */
export interface StartedInstance {
  readonly instance: Instance;
  readonly hostPort: number;
  /** Milliseconds from when its processes ran until it was healthy. */
  readonly startMs: number;
}

/** What came of starting an instance. */
export type LaunchOutcome =
  ({ readonly kind: 'started' } & StartedInstance) | ({ readonly kind: 'crashed' } & Downfall);

/** Who starts instances, and where their log goes. */
export interface LaunchContext {
  readonly cellId: string;
  readonly emit: Emit;
}

/** Unpacks a droplet in a prepared container. When this throws the container is gone. */
export async function fillContainer(
  plan: LaunchPlan,
  container: Container,
  droplet: DropletStream,
  { cellId, emit }: LaunchContext,
  signal: AbortSignal,
): Promise<void> {
  const log = new AppLog(emit, plan, cellId);
  try {
    log.created();
    await container.upload(droplet.tar, DROPLET_DIR, signal);
    log.downloaded(droplet.bytes());
  } catch (error) {
    await container.remove();
    throw error;
  }
}

/**
 * Starts one instance in a container that has its droplet: main process and sidecars at once, then the startup check.
 * The container is the instance's from here on; when this throws, or the instance crashes, it is gone.
 */
export async function launch(
  plan: LaunchPlan,
  container: Container,
  { cellId, emit }: LaunchContext,
  signal: AbortSignal,
): Promise<LaunchOutcome> {
  const log = new AppLog(emit, plan, cellId);
  let instance: Instance | undefined;
  try {
    const state = await orInterrupted(container.inspect(), signal);
    const hostPort = state.ports.get(plan.port) ?? 0;
    const network = { cellIp: state.gateway, containerIp: state.ipAddress };
    const ports = {
      shape: plan.portShape,
      exposed: [
        { internal: plan.port, external: hostPort },
        { internal: SSH_PORT, external: hostPort + 1 },
      ],
    };
    if (plan.healthCheck.type !== 'process') log.monitoring();
    await container.announce({ kind: 'app', process: plan.processType, index: plan.index });
    const processes = await Promise.all(
      [plan.main, ...plan.sidecars].map((step, i) =>
        startProcess(
          plan.app,
          step,
          withNetwork(step.env, network, ports),
          pidFile(i),
          container,
          log.output,
        ),
      ),
    );
    const running = performance.now();
    instance = new Instance(plan, container, processes, log, emit);
    const loginFiles = uploadLoginFiles(
      container,
      { ...plan, sshEnv: withNetwork(plan.sshEnv, network, ports) },
      signal,
    );
    loginFiles.catch(() => undefined);
    const downfall = await becomeHealthy(instance, plan, state.ipAddress, log, signal);
    const startMs = performance.now() - running;
    if (downfall !== undefined) {
      await instance.stop();
      return { kind: 'crashed', ...downfall };
    }
    await loginFiles;
    instance.monitor(state.ipAddress);
    return { kind: 'started', instance, hostPort, startMs };
  } catch (error) {
    await (instance === undefined ? container.remove() : instance.stop().catch(() => container.remove()));
    throw error;
  }
}

/** Undefined once the instance is healthy, else why it never will be. */
async function becomeHealthy(
  instance: Instance,
  plan: LaunchPlan,
  address: string,
  log: AppLog,
  signal: AbortSignal,
): Promise<Downfall | undefined> {
  const start = performance.now();
  const crash = instance.ended.then((end): Downfall => {
    if (end.kind === 'crashed') return crashDownfall(plan.app, end);
    throw new CfstageError('CONTAINER_GONE', `App ${plan.app} was stopped while it was starting`, {
      hint: 'Run the command again.',
    });
  });
  crash.catch(() => undefined);
  const { healthCheck: check, startTimeoutSeconds } = plan;
  if (check.type === 'process') return undefined;
  const outcome = await orInterrupted(
    // The check cannot pass once the container goes: the crash is what there is to say then.
    Promise.race([
      crash,
      checkUntilPass(instance.container, check, address, startTimeoutSeconds, signal).catch(() => crash),
    ]),
    signal,
  );
  if (outcome === undefined) {
    log.healthy();
    return undefined;
  }
  if ('code' in outcome) return outcome;
  const { attempts, detail } = outcome;
  const told = log.neverHealthy(startTimeoutSeconds, attempts, detail, performance.now() - start);
  return {
    reason: told,
    source: healthSource(plan.index),
    code: 'START_TIMEOUT',
    hint: `The app must listen on 0.0.0.0 and on the port in $PORT (${plan.port}), not on 127.0.0.1 or a port of its own.`,
  };
}

/** How the crash of an app that ran, or was about to, is told. */
export function crashDownfall(
  app: string,
  { reason, source, exitCode }: Pick<Downfall, 'reason' | 'source' | 'exitCode'>,
): Downfall {
  return {
    reason,
    source,
    ...(exitCode === undefined ? {} : { exitCode }),
    code: 'APP_CRASHED',
    hint: `The log above shows why; \`cfstage logs ${app} --recent\` shows it again.`,
  };
}
