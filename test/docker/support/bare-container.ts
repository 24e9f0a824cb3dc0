import { randomBytes } from 'node:crypto';
import { ownershipLabels } from '../../../src/engine/labels.ts';
import type { Container, Engine } from '../../../src/engine/engine.ts';
import type { ContainerSpec } from '../../../src/lifecycle/container-spec.ts';
import { standInImage } from '../../../src/stack/stand-in.ts';

/** Starts a container of the stack that runs a line of bash and nothing else. */
export async function startContainer(
  engine: Engine,
  script: string,
  spec: Partial<ContainerSpec> = {},
): Promise<Container> {
  const name = `t-bare-${randomBytes(4).toString('hex')}`;
  const container = await engine.createContainer(
    {
      name,
      image: standInImage('cflinuxfs4'),
      hostname: name,
      env: {},
      init: ['/bin/bash', '-c', script],
      workingDir: '/',
      memoryMb: 512,
      diskMb: 512,
      cpuShares: 256,
      pids: 64,
      nofile: 1024,
      publish: [],
      ...spec,
    },
    ownershipLabels({ app: name, role: 'app', session: 'test', owner: 'test', home: 'test' }),
  );
  try {
    await container.start();
    return container;
  } catch (error) {
    await container.remove();
    throw error;
  }
}
