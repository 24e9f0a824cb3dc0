import { homeId, openWorkbench, type Workbench } from '../../../src/app/workbench.ts';
import type { Container } from '../../../src/engine/engine.ts';
import { runToEnd } from '../../../src/engine/run-to-end.ts';
import { prepareAppContainer, uploadLoginFiles } from '../../../src/launcher/app-container.ts';
import { VCAP } from '../../../src/lifecycle/container-paths.ts';
import { INIT_ARGV } from '../../../src/lifecycle/lifecycle-files.ts';
import { emitTo } from '../../../src/logs/emitter.ts';
import { networkName } from '../../../src/plan/private-network.ts';
import { standInImage } from '../../../src/stack/stand-in.ts';
import { buildpack, fixture } from './paths.ts';
import type { Running } from './running.ts';
import { STAND_IN, type Workplace } from './workplace.ts';

/** What is waited for comes at once; on a busy machine that takes a while. */
export const SOON = { timeout: 30_000 } as const;

const signal = AbortSignal.timeout(600_000);

/** Pushes the app whose ports have habits and waits until it has started. */
export async function pushTcpHabits(place: Workplace): Promise<Running> {
  const app = ['--path', fixture('apps/tcp-habits'), '--buildpack', buildpack('uses-the-procfile')];
  const push = place.start(['push', place.app, ...STAND_IN, ...app, '--no-route']);
  await push.url();
  return push;
}

export async function workbenchOf(place: Workplace): Promise<Workbench> {
  return await openWorkbench(process.env, place.home, emitTo([]));
}

/** What a shell command says in the container of web/0, by no session. */
export async function inContainer(place: Workplace, command: string): Promise<string> {
  const summary = (await place.containers()).find(
    ({ labels }) =>
      (labels['cfstage.process'] ?? 'web') === 'web' && (labels['cfstage.index'] ?? '0') === '0',
  );
  if (summary === undefined) throw new Error('the app has no container');
  const container = (await workbenchOf(place)).cell.engine.container(summary.id, summary.name);
  const spec = { argv: ['bash', '-c', command], env: {}, user: VCAP.name, workingDir: VCAP.home };
  return (await runToEnd(container, spec, signal)).stdout.toString();
}

const OF_THE_PLATFORM =
  /^(?:ps -eo|perl server\.pl|sleep (?:infinity|30)$|\/bin\/bash \/tmp\/lifecycle\/(?:init|healthcheck)|runc|\[)/;

/** Command lines of what runs in the container of web/0 beside the app: of sessions and of what they have started. */
export async function sessionProcesses(place: Workplace): Promise<readonly string[]> {
  const lines = (await inContainer(place, 'exec ps -eo args=')).split('\n');
  return lines.filter((line) => line !== '' && !OF_THE_PLATFORM.test(line));
}

/** A container that counts as an instance of an app that runs, with no app in it. */
export async function fakeInstance(
  place: Workplace,
  instance: { readonly process: string; readonly index: number },
  hasStarted: boolean,
): Promise<Container> {
  const { cell } = await workbenchOf(place);
  const guid = crypto.randomUUID();
  const container = await prepareAppContainer(
    cell,
    { app: place.app, role: 'app', instance: { ...instance, guid } },
    {
      name: `cfstage-${place.app}-${guid}`,
      image: standInImage('cflinuxfs4'),
      hostname: guid,
      env: {},
      init: INIT_ARGV,
      workingDir: VCAP.home,
      memoryMb: 64,
      diskMb: 1024,
      cpuShares: 10,
      pids: 64,
      nofile: 1024,
      publish: [],
      network: { name: networkName(homeId(place.home)), aliases: [] },
    },
    {
      caCertificates: [],
      serviceFiles: {},
      issueCredentials: () => Promise.resolve({ certificate: '', key: '' }),
    },
    signal,
  );
  const sshEnv = { CF_INSTANCE_INDEX: String(instance.index), CF_INSTANCE_GUID: guid };
  if (hasStarted) await uploadLoginFiles(container, { sshEnv, launcherEnv: {} }, signal);
  return container;
}
