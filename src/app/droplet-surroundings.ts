import { resolve } from 'node:path';
import { readCaBundle } from '../host/ca-bundle.ts';
import type { AppManifest } from '../manifest/manifest.ts';
import type { ServiceReceiver } from '../services/deliver-services.ts';
import type { StackPolicy } from '../stack/stack-choice.ts';
import { appServices, findServicesFile, requireServicesFile, type AppServices } from './app-services.ts';
import type { StoredDroplet } from './droplet-store.ts';
import { resolveStack, type ResolvedStack } from './resolve-stack.ts';
import { together } from './together.ts';
import type { Workbench } from './workbench.ts';

/** What a container of a droplet is made with besides the droplet. */
export interface DropletSurroundings {
  readonly services: AppServices;
  readonly stack: ResolvedStack;
  /** PEM texts to be trusted in the container. */
  readonly caCertificates: readonly string[];
}

/** Where they come from, as flags say it. */
export interface SurroundingsRequest {
  readonly cwd: string;
  readonly servicesFile?: string;
  readonly stackPolicy?: StackPolicy;
  readonly caCert?: string;
}

/** A droplet, as far as its surroundings go. */
export interface DropletOnStack {
  readonly app: AppManifest;
  readonly stack: string;
  readonly servicesFile: string | undefined;
}

/** Binds the services, and finds the stack's image and the certificates side by side. */
export async function dropletSurroundings(
  { app, stack: stackName, servicesFile }: DropletOnStack,
  receiver: ServiceReceiver,
  { cwd, stackPolicy, caCert }: SurroundingsRequest,
  { cell, emit }: Workbench,
  signal: AbortSignal,
): Promise<DropletSurroundings> {
  const services = await appServices(app, servicesFile, receiver);
  for (const message of services.warnings) await emit({ type: 'warning', message });
  const [stack, caCertificates] = await together(
    signal,
    (abort) => resolveStack(stackName, stackPolicy, cell.engine, emit, abort),
    async () => (caCert === undefined ? [] : await readCaBundle(resolve(cwd, caCert))),
  );
  return { services, stack, caCertificates };
}

/** The services file of a stored droplet: what --services names, else the one that it was staged with. */
export async function servicesFileOf(
  stored: StoredDroplet,
  request: SurroundingsRequest,
): Promise<string | undefined> {
  return request.servicesFile === undefined && stored.servicesFile !== undefined
    ? await requireServicesFile(stored.app.name, stored.servicesFile)
    : await findServicesFile(request, { ...stored, manifestPath: undefined });
}
