import { execa } from 'execa';
import { connectEngine } from '../../src/engine/connect.ts';
import { standInImage } from '../../src/stack/stand-in.ts';
import { ROOT } from './support/paths.ts';

const REMEDY = 'Make it with: node scripts/setup.js all';

/** The Docker tests never skip: without an engine, a stand-in or a build of the CLI there is nothing to be green about. */
export default async function setUp(): Promise<void> {
  await execa(process.execPath, ['scripts/setup.js', 'build'], { cwd: ROOT, stderr: 'inherit' });
  await requireStandIns();
}

/** Of tests that need no build of the CLI. */
export async function requireStandIns(): Promise<void> {
  const engine = await connectEngine(process.env).catch((error: unknown) => {
    throw new Error(`The Docker tests need a container engine. ${REMEDY}`, { cause: error });
  });
  for (const stack of ['cflinuxfs3', 'cflinuxfs4']) {
    const image = standInImage(stack);
    if ((await engine.image(image)) === undefined) {
      throw new Error(
        `The Docker tests need the stand-in ${image}, which the engine does not have. ${REMEDY}`,
      );
    }
  }
}
