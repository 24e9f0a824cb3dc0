import { readFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import { execa } from 'execa';
import { text } from 'node:stream/consumers';
import { connectEngine } from '../../../src/engine/connect.ts';
import { withFileLock } from '../../../src/host/file-lock.ts';
import { makeTempDir } from '../../../src/host/temp-dir.ts';
import { fixture } from './paths.ts';

const PARTS = ['build.sh', 'entrypoint.sh'].map((name) => fixture('service-image', name));
const CHANGES = ['ENTRYPOINT ["/entrypoint.sh"]', 'CMD ["postgres"]', 'VOLUME /var/lib/postgresql/data'];

/** The name of an image with a real PostgreSQL and a real Redis, built unless the engine has it. */
export async function serviceImage(): Promise<string> {
  const texts = await Promise.all(PARTS.map((path) => readFile(path, 'utf8')));
  const digest = createHash('sha256')
    .update(JSON.stringify([CHANGES, texts]))
    .digest('hex')
    .slice(0, 12);
  const image = `cfstage-test/services:${digest}`;
  const engine = await connectEngine(process.env);
  await withFileLock(join(tmpdir(), 'cfstage-test-services.lock'), async () => {
    if ((await engine.image(image)) !== undefined) return;
    await using folder = await makeTempDir('test-services');
    const tar = join(folder.path, 'root.tar');
    await execa(fixture('service-image/build.sh'), [tar]);
    await importImage(tar, image);
  });
  return image;
}

/** With what an import of the engine's port leaves out: how the image starts. */
async function importImage(tar: string, image: string): Promise<void> {
  const answer = await new Docker().importImage(tar, { repo: image, changes: CHANGES } as object);
  await text(answer);
}
