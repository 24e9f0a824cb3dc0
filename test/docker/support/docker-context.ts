import { createHash } from 'node:crypto';
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Workplace } from './workplace.ts';

/** Writes a context as `docker context create` does and answers the folder for DOCKER_CONFIG. */
export async function writeDockerContext(
  place: Workplace,
  { name, address, tls }: { readonly name: string; readonly address: string; readonly tls?: string },
): Promise<string> {
  const digest = createHash('sha256').update(name).digest('hex');
  const endpoint = { Host: address, SkipTLSVerify: false };
  const meta = { Name: name, Metadata: {}, Endpoints: { docker: endpoint } };
  await place.write(`docker/contexts/meta/${digest}/meta.json`, JSON.stringify(meta));
  await place.write('docker/config.json', JSON.stringify({ currentContext: name }));
  if (tls !== undefined) {
    const folder = join(place.root, 'docker/contexts/tls', digest, 'docker');
    await mkdir(folder, { recursive: true });
    for (const file of ['ca.pem', 'cert.pem', 'key.pem']) await copyFile(join(tls, file), join(folder, file));
  }
  return join(place.root, 'docker');
}
