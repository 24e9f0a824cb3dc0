import type { Running } from './running.ts';

/** What Cloud Controller logs of a crash, with the Ruby hash as data. */
export interface LoggedCrash {
  readonly appGuid: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** The n-th crash in a row of that app, once it has been logged. */
export async function loggedCrash(push: Running, crashCount: number): Promise<LoggedCrash> {
  const [, appGuid = '', hash = ''] = await push.says(
    new RegExp(
      `\\[API/0\\] OUT App instance exited with guid (\\S+) payload: (\\{.*"crash_count"=>${crashCount}, .*\\})\\n`,
    ),
  );
  const pairs = [...hash.slice(1, -1).matchAll(/"(\w+)"=>("(?:[^"\\]|\\.)*"|\d+)(?:, |$)/g)];
  if (`{${pairs.map(([text]) => text).join('')}}` !== hash) throw new Error(`Not a Ruby hash: ${hash}`);
  return {
    appGuid,
    payload: Object.fromEntries(
      pairs.map(([, key = '', value = '']) => [
        key,
        value.startsWith('"') ? JSON.parse(value) : BigInt(value),
      ]),
    ),
  };
}

/** Resolves when the instance that follows the n-th crash is healthy. */
export async function healthyAfterCrash(push: Running, crashCount: number): Promise<void> {
  await push.says(new RegExp(`"crash_count"=>${crashCount}, [\\s\\S]*\\] OUT Container became healthy\\n`));
}
