import { SessionDirectory, type SessionRecord } from '../host/session-directory.ts';
import { askSession, type SessionRequest } from './session-requests.ts';
import type { Workbench } from './workbench.ts';

/** The sessions of this machine that run or start an app. */
export async function sessionsOf(app: string, { home }: Pick<Workbench, 'home'>): Promise<SessionRecord[]> {
  return (await new SessionDirectory(home).sessions()).filter(
    (session) => session.kind === 'app' && session.app === app,
  );
}

/** Ends the runs of an app that became healthy before this one: it serves now. */
export async function replaceOlder(
  app: string,
  self: { readonly session: string; readonly since: number },
  workbench: Workbench,
  signal: AbortSignal,
): Promise<void> {
  const request: SessionRequest = { action: 'replace', ...self };
  const others = (await sessionsOf(app, workbench)).filter(({ id }) => id !== self.session);
  await Promise.all(others.map((session) => askSession(session, request, signal)));
}
