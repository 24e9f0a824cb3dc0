import type { RunningApp } from '../app/running-app.ts';
import { CfstageError } from '../errors.ts';
import type { CommandSession } from './session.ts';

/** Stays until all apps have ended or the user has enough. A crash that ended one is told when all are gone. */
export async function stayWith(apps: readonly RunningApp[], session: CommandSession): Promise<number> {
  await session.ready();
  const ends = await Promise.allSettled(apps.map((app) => stayWithOne(app, session)));
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return 0;
}

async function stayWithOne(app: RunningApp, { signal, emit }: CommandSession): Promise<void> {
  const stop = () => void app.stop().catch(() => undefined);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    const end = await app.ended;
    if (end.kind === 'crashed') {
      throw new CfstageError(end.code, `App ${app.name} crashed: ${end.reason}`, { hint: end.hint });
    }
    await emit({ type: 'notice', message: `App ${app.name} stopped` });
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
