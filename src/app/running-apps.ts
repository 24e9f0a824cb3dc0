import { CfstageError } from '../errors.ts';
import { deleteApp, listApps } from '../host/app-store.ts';
import { SessionDirectory } from '../host/session-directory.ts';
import type { AppStatus } from './app-status.ts';
import { cancelTasks } from './cancel-tasks.ts';
import { firstWeb } from './describe-app.ts';
import { currentDroplet } from './droplet-store.ts';
import { removePrivateNetworks } from './private-network.ts';
import { sessionsOf } from './replace-older.ts';
import { askSession } from './session-requests.ts';
import { sweep } from './sweep.ts';
import type { Workbench } from './workbench.ts';

/** One line of `cfstage apps`. */
export interface AppSummary {
  readonly name: string;
  readonly state: 'started' | 'stopped';
  /** E.g. `web:1/1, worker:0/1`, as cf shows it. */
  readonly processes: string;
  /** Of the first instance of web that runs, past the router; absent while it does not run. */
  readonly url?: string;
  /** URLs at the router; empty while the app does not run. */
  readonly routes: readonly string[];
  readonly stack?: string;
  readonly buildpacks?: readonly string[];
}

/** The apps that have a droplet here or run, by name. */
export async function listAllApps(workbench: Workbench, signal: AbortSignal): Promise<readonly AppSummary[]> {
  const { home } = workbench;
  const [records, sessions] = await Promise.all([listApps(home), new SessionDirectory(home).sessions()]);
  const names = new Set([
    ...records.map(({ name }) => name),
    ...sessions.filter(({ kind }) => kind === 'app').map(({ app }) => app),
  ]);
  return await Promise.all([...names].sort().map((name) => summarize(name, workbench, signal)));
}

/** How an app that runs is, as the newest session that has started it sees it; undefined when none has. */
export async function appStatus(
  name: string,
  workbench: Pick<Workbench, 'home'>,
  signal: AbortSignal,
): Promise<AppStatus | undefined> {
  const sessions = await sessionsOf(name, workbench);
  const answers = await Promise.all(
    sessions.map((session) => askSession(session, { action: 'status' }, signal)),
  );
  const known = answers.flatMap((answer) => (answer?.status === undefined ? [] : [answer.status]));
  return known.find(({ state }) => state === 'started') ?? known[0];
}

async function summarize(name: string, workbench: Workbench, signal: AbortSignal): Promise<AppSummary> {
  const [status, droplet] = await Promise.all([
    appStatus(name, workbench, signal),
    currentDroplet(workbench.home, name),
  ]);
  if (status?.state === 'started') {
    const { processes, routes, stack, buildpacks } = status;
    const url = firstWeb(status)?.url;
    const counts = processes.map(({ type, instances }) => {
      const running = instances.filter(({ state }) => state === 'running').length;
      return `${type}:${running}/${instances.length}`;
    });
    const shown = { name, processes: counts.join(', '), routes, stack, buildpacks };
    return { ...shown, state: 'started', ...(url === undefined ? {} : { url }) };
  }
  return {
    name,
    state: 'stopped',
    processes: (droplet?.app.processes ?? [])
      .map(({ type, instances }) => `${type}:0/${instances}`)
      .join(', '),
    routes: [],
    ...(droplet === undefined
      ? {}
      : {
          stack: droplet.stack,
          buildpacks: droplet.result.lifecycle_metadata.buildpacks.map(({ key }) => key),
        }),
  };
}

function notRunning(name: string): CfstageError {
  return new CfstageError('APP_NOT_FOUND', `App '${name}' is not running`, {
    hint: `\`cfstage apps\` lists what there is; \`cfstage start ${name}\` starts its droplet again.`,
  });
}

/** Stops a running app, whoever started it; the one who did sees it as a stop, not as a crash. */
export async function stopApp(name: string, workbench: Workbench, signal: AbortSignal): Promise<void> {
  const sessions = await sessionsOf(name, workbench);
  const [leftovers] = await Promise.all([
    // A session that was killed has left containers; for the user they are the app.
    sweep(workbench, { app: name }),
    ...sessions.map((session) => askSession(session, { action: 'stop' }, signal)),
  ]);
  if (sessions.length + leftovers.length === 0) throw notRunning(name);
}

/** Replaces all instances of a running app. Raises APP_CRASHED and START_TIMEOUT. */
export async function restartApp(name: string, workbench: Workbench, signal: AbortSignal): Promise<void> {
  const sessions = await sessionsOf(name, workbench);
  if (sessions.length === 0) throw notRunning(name);
  await Promise.all(sessions.map((session) => askSession(session, { action: 'restart' }, signal)));
}

/** Stops an app and its tasks and forgets its droplet, caches and logs. Raises APP_NOT_FOUND when there is nothing to delete. */
export async function deleteWholeApp(name: string, workbench: Workbench, signal: AbortSignal): Promise<void> {
  const { home } = workbench;
  const [records, sessions] = await Promise.all([listApps(home), sessionsOf(name, workbench)]);
  if (sessions.length === 0 && !records.some((record) => record.name === name)) {
    throw new CfstageError('APP_NOT_FOUND', `App '${name}' does not exist`, {
      hint: '`cfstage apps` lists what there is.',
    });
  }
  await Promise.all([
    sweep(workbench, { app: name }),
    cancelTasks(name, workbench),
    ...sessions.map((session) => askSession(session, { action: 'stop' }, signal)),
  ]);
  // A watch that was stopped just now may have left it.
  await sweep(workbench, { app: name, keptSnapshots: true });
  // What a watch leaves may be the last one on them.
  await new SessionDirectory(home).holding(async (living) => {
    if (living.length === 0) await removePrivateNetworks(workbench);
  });
  await deleteApp(home, name);
}
