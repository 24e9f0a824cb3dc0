import { get } from 'node:http';

/** A host that nobody can have (RFC 2606). */
const NOBODY = 'refresh.invalid';
const PATIENCE_MS = 5_000;

/**
 * Has a router read its routes anew, by asking for one that it cannot know: it looks once more before it says so. The
 * first answer may be by a look that had begun before, the second is not.
 */
export async function askForRefresh(router: { readonly host: string; readonly port: number }): Promise<void> {
  for (let asked = 0; asked < 2; asked += 1) {
    await new Promise<void>((resolve, reject) => {
      const options = { ...router, headers: { host: NOBODY }, agent: false, timeout: PATIENCE_MS };
      const request = get(options, (response) => response.resume().once('close', resolve));
      request.once('timeout', () => request.destroy(new Error('The router does not answer')));
      request.once('error', reject);
    });
  }
}
