import type { Container } from '../engine/engine.ts';
import type { LaunchPlan } from '../plan/launch-plan.ts';
import type { AppLog } from './app-log.ts';
import { checkUntilFail, checkUntilPass, type ActiveCheck } from './check.ts';

/** What happens to a running instance when its checks say so. */
export interface HealthListener {
  /** A single failed liveness check ends the instance. */
  onUnhealthy(detail: string): void;
  /** Whether requests should be routed to it. */
  onReadiness(ready: boolean): void;
}

/**
 * Liveness and readiness of one instance that has started, until the signal fires.
 * Source: executor depot/steps/health_check_step.go, readiness_health_check_step.go.
 */
export function monitorHealth(
  plan: LaunchPlan,
  container: Container,
  address: string,
  log: AppLog,
  listener: HealthListener,
  signal: AbortSignal,
): void {
  const { healthCheck, readinessCheck } = plan;
  const quietly = (task: Promise<void>) => void task.catch(() => undefined);
  if (healthCheck.type !== 'process')
    quietly(watchLiveness(healthCheck, container, address, listener, signal));
  if (readinessCheck.type === 'process') listener.onReadiness(true);
  else quietly(watchReadiness(readinessCheck, container, address, log, listener, signal));
}

async function watchLiveness(
  check: ActiveCheck,
  container: Container,
  address: string,
  listener: HealthListener,
  signal: AbortSignal,
): Promise<void> {
  const failure = await checkUntilFail(container, check, address, signal);
  if (failure !== undefined) listener.onUnhealthy(failure.detail);
}

async function watchReadiness(
  check: ActiveCheck,
  container: Container,
  address: string,
  log: AppLog,
  listener: HealthListener,
  signal: AbortSignal,
): Promise<void> {
  log.monitoringReadiness();
  while (!signal.aborted) {
    await checkUntilPass(container, check, address, 0, signal);
    log.ready();
    listener.onReadiness(true);
    const failure = await checkUntilFail(container, check, address, signal);
    if (failure === undefined) return;
    log.notReady();
    listener.onReadiness(false);
  }
}
