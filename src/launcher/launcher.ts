import type { Readable } from 'node:stream';
import type { Container } from '../engine/engine.ts';
import { CfstageError, orInterrupted } from '../errors.ts';
import { DROPLET_DIR } from '../lifecycle/container-paths.ts';
import { SSH_PORT } from '../lifecycle/instance-ports.ts';
import type { Emit } from '../logs/event.ts';
import type { LaunchPlan } from '../plan/launch-plan.ts';
import { withNetwork } from '../plan/network-later.ts';
import { uploadLoginFiles } from './app-container.ts';
import { AppLog } from './app-log.ts';
import { startProcess } from './app-process.ts';
import { Instance } from './instance.ts';
import { checkUntilPass } from './check.ts';

/** A droplet on its way into its container: a plain tar. `bytes` are known once it has been read. */
export interface DropletStream {
  readonly tar: Readable;
  bytes(): number;
}

/** Where an instance is reached on the engine's host. */
export interface StartedInstance {
  readonly instance: Instance;
  readonly hostPort: number;
}

/**
 * Starts one instance in its prepared container: droplet, then main process and sidecars at once, then the startup
 * check. The container is the instance's from here on; when this throws it is gone.
 *
 * @throws CfstageError START_TIMEOUT when it never becomes healthy, APP_CRASHED when a process ends before.
 */
export async function launch(
  plan: LaunchPlan,
  container: Container,
  droplet: DropletStream,
  { cellId, emit }: { readonly cellId: string; readonly emit: Emit },
  signal: AbortSignal,
): Promise<StartedInstance> {
  const log = new AppLog(emit, plan, cellId);
  let instance: Instance | undefined;
  try {
    log.created();
    const [state] = await Promise.all([
      orInterrupted(container.inspect(), signal),
      container.upload(droplet.tar, DROPLET_DIR, signal),
    ]);
    log.downloaded(droplet.bytes());
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
    const processes = await Promise.all(
      [plan.main, ...plan.sidecars].map((step) =>
        startProcess(plan.app, step, withNetwork(step.env, network, ports), container, log.output),
      ),
    );
    instance = new Instance(plan, container, processes, log, emit);
    const loginFiles = uploadLoginFiles(
      container,
      { ...plan, sshEnv: withNetwork(plan.sshEnv, network, ports) },
      signal,
    );
    loginFiles.catch(() => undefined);
    await becomeHealthy(instance, plan, state.ipAddress, log, signal);
    await loginFiles;
    instance.monitor(state.ipAddress);
    return { instance, hostPort };
  } catch (error) {
    await (instance === undefined ? container.remove() : instance.stop().catch(() => container.remove()));
    throw error;
  }
}

async function becomeHealthy(
  instance: Instance,
  plan: LaunchPlan,
  address: string,
  log: AppLog,
  signal: AbortSignal,
): Promise<void> {
  const start = performance.now();
  const crash = instance.ended.then((end) => {
    if (end.kind === 'stopped') {
      throw new CfstageError('CONTAINER_GONE', `App ${plan.app} was stopped while it was starting`, {
        hint: 'Run the command again.',
      });
    }
    throw new CfstageError('APP_CRASHED', `App ${plan.app} crashed while it was starting: ${end.reason}`, {
      hint: `The log above shows why; \`cfstage logs ${plan.app} --recent\` shows it again.`,
    });
  });
  crash.catch(() => undefined);
  const { healthCheck: check, startTimeoutSeconds } = plan;
  if (check.type === 'process') return;
  const failure = await orInterrupted(
    // The check cannot pass once the container goes: the crash is what there is to say then.
    Promise.race([
      crash,
      checkUntilPass(instance.container, check, address, startTimeoutSeconds, signal).catch(() => crash),
    ]),
    signal,
  );
  if (failure === undefined) {
    log.healthy();
    return;
  }
  log.neverHealthy(startTimeoutSeconds, failure.attempts, failure.detail, performance.now() - start);
  throw new CfstageError('START_TIMEOUT', `Start app timeout: ${failure.detail}`, {
    hint: `The app must listen on 0.0.0.0 and on the port in $PORT (${plan.port}), not on 127.0.0.1 or a port of its own.`,
  });
}
