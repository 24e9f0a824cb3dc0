import { CfstageError } from '../errors.ts';
import type { BackedInstance } from '../services/service-instance.ts';
import { serviceUnavailable } from './service-unavailable.ts';
import type { Workbench } from './workbench.ts';

/** Pulls the image of a service unless the engine has it. Raises SERVICE_UNAVAILABLE. */
export async function ensureServiceImage(
  { name, backing: { image } }: BackedInstance,
  { cell, emit }: Workbench,
  signal: AbortSignal,
): Promise<void> {
  if ((await cell.engine.image(image)) !== undefined) return;
  const onProgress = ({ received, total }: { received: number; total: number }) => {
    void emit({ type: 'progress', what: `Pulling ${image}`, received, total });
  };
  try {
    await cell.engine.pullImage(image, undefined, onProgress, signal);
  } catch (error) {
    if (!(error instanceof CfstageError) || error.code !== 'STACK_UNAVAILABLE') throw error;
    const said = error.cause instanceof Error ? `: ${error.cause.message}` : '';
    throw serviceUnavailable(
      name,
      `has no image: ${image} is not on the engine and cannot be pulled${said}`,
      {
        hint: `Check its name and the network, or get it by hand: \`docker pull ${image}\`, \`docker build\`.`,
        cause: error,
      },
    );
  }
}
