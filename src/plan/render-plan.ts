import type { Step } from '../buildpack/phases.ts';
import type { LaunchPlan, ProcessStep, Check } from './launch-plan.ts';
import type { StagingPlan } from './staging-plan.ts';

/** A StagingPlan as text for people. Values of the environment are left out: they can hold credentials. */
export function renderStagingPlan(plan: StagingPlan): string {
  const { container } = plan;
  return [
    `Staging of ${plan.app} on ${plan.stack}`,
    `  image      ${container.image}`,
    `  limits     ${container.memoryMb}M memory, ${container.pids} processes, ${container.nofile} open files, ${plan.timeoutSeconds}s`,
    `  droplet in ${plan.contentsDir}`,
    ...plan.buildpacks.map(
      ({ key, path, writable }) => `  buildpack  ${key} at ${path}${writable ? '' : ' (read-only)'}`,
    ),
    `  env        ${Object.keys(plan.env).join(' ')}`,
    `  cache      keeps ${plan.phases.keptCacheEntries.join(' ')}`,
    '  steps',
    ...plan.phases.steps.map((step, i) => `    ${i + 1}. ${renderStep(step)}`),
  ].join('\n');
}

/** A LaunchPlan as text for people. */
export function renderLaunchPlan(plan: LaunchPlan): string {
  const { container } = plan;
  return [
    `Start of ${plan.app}, process ${plan.processType}, instance ${plan.index}`,
    `  image      ${container.image}`,
    `  limits     ${container.memoryMb}M memory, ${container.pids} processes, ${container.nofile} open files`,
    `  port       ${plan.port}`,
    `  health     ${renderCheck(plan.healthCheck)}, ${plan.startTimeoutSeconds}s to start`,
    `  readiness  ${renderCheck(plan.readinessCheck)}`,
    `  env        ${Object.keys(plan.main.env).join(' ')}`,
    ...[plan.main, ...plan.sidecars].map(renderProcess),
  ].join('\n');
}

function renderStep(step: Step): string {
  switch (step.step) {
    case 'run':
      return `${step.phase} of ${step.key}: ${[step.script, ...step.args].join(' ')}${step.unless === undefined ? '' : ` (unless ${step.unless} exists)`}`;
    case 'print':
      return `print on ${step.stream}: ${step.line}`;
    case 'delete':
      return `delete ${step.path}`;
    case 'fail':
      return `fail: ${step.failure.kind}`;
  }
}

function renderCheck(check: Check): string {
  if (check.type === 'process') return 'process';
  const path = check.type === 'http' ? ` ${check.endpoint}` : '';
  return `${check.type}${path} every ${check.intervalSeconds}s, ${check.invocationTimeoutSeconds}s an attempt`;
}

function renderProcess({ source, command, env }: ProcessStep): string {
  const shown = command === '' ? '(the command of the droplet)' : command;
  return `  process    [${source}] ${shown} with MEMORY_LIMIT=${env['MEMORY_LIMIT'] ?? ''}`;
}
