import { randomBytes, randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import type { Container } from '../engine/engine.ts';
import { executeTask } from '../launcher/task.ts';
import type { TaskEnd } from '../launcher/running-task.ts';
import { CfstageError } from '../errors.ts';
import { readMegabytes } from '../manifest/size-flags.ts';
import { planTask } from '../plan/plan-task.ts';
import { taskSettings, type AskedTask } from '../plan/task-settings.ts';
import { beginIdentity, issuerFor } from './container-identity.ts';
import { dropletSurroundings, servicesFileOf } from './droplet-surroundings.ts';
import { openBacking } from './open-backing.ts';
import { networkPlace } from '../plan/private-network.ts';
import { holdCurrentDroplet } from './held-droplet.ts';
import { appFacts, ORGANIZATION, SPACE } from './identity.ts';
import { recordTraffic } from './record-traffic.ts';
import { sweep } from './sweep.ts';
import type { TaskRequest } from './task-request.ts';
import { together } from './together.ts';
import { TrafficLedger } from './traffic-ledger.ts';
import type { Workbench } from './workbench.ts';

/**
 * `cfstage run-task APP`: current droplet → TaskPlan → a container of its own, whether the app runs or not. A task that
 * fails is an outcome, not an exception. When the signal fires the task gets SIGTERM, after 10 s SIGKILL, and this
 * rejects with INTERRUPTED. The app's log is not trimmed here: a running app may be writing to it.
 *
 * @throws CfstageError USAGE, APP_NOT_FOUND, DROPLET_INVALID, START_COMMAND_MISSING, SERVICES_INVALID, SERVICE_UNKNOWN,
 * STACK_UNAVAILABLE, CA_CERT_INVALID
 */
export async function runTask(
  name: string,
  request: TaskRequest,
  workbench: Workbench,
  signal: AbortSignal,
): Promise<TaskEnd> {
  const { home, emit } = workbench;
  const asked = askedTask(request);
  await using droplet = await holdCurrentDroplet(home, name, noDroplet(name));
  const { app, stack, result, stagingInfo } = droplet.stored;
  await emit({
    type: 'notice',
    message: `Creating task for app ${name} in org ${ORGANIZATION} / space ${SPACE} as ${userInfo().username}...`,
  });
  const settings = taskSettings(asked, app, result.processes ?? [], randomBytes(4).toString('hex'));
  const identity = beginIdentity(home);
  const servicesFile = await servicesFileOf(droplet.stored, request);
  const [around] = await together(
    signal,
    (abort) => dropletSurroundings({ app, stack, servicesFile }, 'app task', request, workbench, abort),
    () => sweep(workbench, { app: name }),
  );
  const facts = appFacts(app, request.domain);
  const plan = planTask({
    app: facts,
    settings,
    stagingInfo,
    userEnvironment: app.env,
    services: around.services.delivery,
    certificates: { systemCertificates: around.caCertificates.length > 0, instanceIdentity: true },
    taskGuid: randomUUID(),
    image: around.stack.image,
    ...(around.stack.platform === undefined ? {} : { platform: around.stack.platform }),
    place: networkPlace(workbench.cell.session.home, request.offline),
  });
  await emit({ type: 'notice', message: submitted(plan.name) });
  const files = {
    caCertificates: around.caCertificates,
    serviceFiles: around.services.files,
    issueCredentials: issuerFor(identity, plan.taskGuid, facts),
  };
  const { membership, services } = await openBacking(
    'task',
    name,
    around.services,
    { keep: 'found', offline: request.offline },
    workbench,
    signal,
  );
  await using _member = membership;
  const inputs = {
    openDroplet: () => droplet.open(),
    files,
    awaitServices: (from: Container, abort: AbortSignal) => services.awaitFrom(from, abort),
  };
  const bench = recordTraffic(request, new TrafficLedger(name, workbench.emit), workbench);
  const end = await executeTask(plan, inputs, bench, signal);
  if (end.failureReason === undefined) {
    await emit({ type: 'notice', message: '\nTask has completed successfully.\nOK' });
  }
  return end;
}

/** Source: cloud_controller_ng app/actions/task_create.rb. */
function noDroplet(app: string): CfstageError {
  return new CfstageError(
    'DROPLET_INVALID',
    'Task must have a droplet. Specify droplet or assign current droplet to app.',
    { hint: `Stage the app first: cfstage push ${app}, or cfstage stage ${app}.` },
  );
}

const HINT = 'See `cfstage run-task --help`.';

function askedTask({ name, command, processType, memory, disk }: TaskRequest): AskedTask {
  return {
    name,
    command,
    processType,
    memoryMb: megabytes(memory),
    diskMb: megabytes(disk),
  };
}

function megabytes(text: string | undefined): number | undefined {
  return text === undefined || text === '' ? undefined : readMegabytes(text, HINT);
}

/** What cf says with --wait. Source: cli command/v7/run_task_command.go. */
function submitted(task: string): string {
  return `Task has been submitted successfully for execution.\nOK\n\ntask name:   ${task}\n\nWaiting for task to complete execution...`;
}
