import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { CfstageError } from '../errors.ts';
import { readText } from '../host/read-text.ts';
import type { AppManifest } from '../manifest/manifest.ts';
import { bindServices } from '../services/bind-services.ts';
import {
  deliverServices,
  type DeliveredServices,
  type ServiceReceiver,
} from '../services/deliver-services.ts';
import { parseServices } from '../services/parse-services.ts';
import { isBacked, type BackedInstance } from '../services/service-instance.ts';
import { stableGuid } from './identity.ts';
import type { RequestedApp } from './read-app.ts';
import type { AppRequest } from './request.ts';

/** What an app is given of its services. */
export interface AppServices extends DeliveredServices {
  /** Those that cfstage has to run. */
  readonly backed: readonly BackedInstance[];
  /** Absolute path of the file that they are from. */
  readonly servicesFile: string | undefined;
  /** One line each. */
  readonly warnings: readonly string[];
}

/** Looked for beside the manifest, or in the current directory when there is none. */
const DEFAULT_NAME = 'services.yml';

/** The services file of a request: what --services names, else the default if the app needs it and it exists. */
export async function findServicesFile(
  { servicesFile, cwd }: Pick<AppRequest, 'servicesFile' | 'cwd'>,
  { app, manifestPath }: Pick<RequestedApp, 'app' | 'manifestPath'>,
): Promise<string | undefined> {
  if (servicesFile !== undefined) return resolve(cwd, servicesFile);
  // Without services the file may as well be another program's.
  if (app.services.length === 0) return undefined;
  const path = servicesFileBeside({ cwd }, { manifestPath });
  return (await exists(path)) ? path : undefined;
}

/** Where the services file is looked for when none is named. */
export function servicesFileBeside(
  { cwd }: Pick<AppRequest, 'cwd'>,
  { manifestPath }: Pick<RequestedApp, 'manifestPath'>,
): string {
  return join(manifestPath === undefined ? cwd : dirname(manifestPath), DEFAULT_NAME);
}

/** The services file that an app was staged with. Raises SERVICES_INVALID when it is gone. */
export async function requireServicesFile(app: string, path: string): Promise<string> {
  if (await exists(path)) return path;
  throw new CfstageError('SERVICES_INVALID', `The services file of app '${app}' is gone: ${path}`, {
    hint: 'Put it back, or name another one with --services. Credentials are not kept with a droplet.',
  });
}

/** Binds an app to its services. Raises SERVICES_INVALID and SERVICE_UNKNOWN. */
export async function appServices(
  app: AppManifest,
  servicesFile: string | undefined,
  receiver: ServiceReceiver,
): Promise<AppServices> {
  const { instances, warnings } =
    servicesFile === undefined
      ? { instances: [], warnings: [] }
      : parseServices({ text: await readText(servicesFile, 'SERVICES_INVALID'), file: servicesFile });
  const bindings = bindServices(app, { instances, file: servicesFile }, stableGuid);
  const backed = bindings.map(({ instance }) => instance).filter(isBacked);
  return { ...deliverServices(bindings, app.features, receiver), backed, servicesFile, warnings };
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
