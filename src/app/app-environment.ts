import { homeAt } from '../host/home.ts';
import { FILE_DESCRIPTOR_LIMIT } from '../lifecycle/limits.ts';
import { stagingVcapApplication } from '../lifecycle/vcap-application.ts';
import { appServices } from './app-services.ts';
import { webProcess } from './app-settings.ts';
import { dropletMissing, currentDroplet } from './droplet-store.ts';
import { servicesFileOf } from './droplet-surroundings.ts';
import { appFacts } from './identity.ts';
import { requireKnownApp } from './known-app.ts';

/** What `cf env` shows of an app. Holds the credentials of its services. */
export interface AppEnvironment {
  /** VCAP_SERVICES and VCAP_APPLICATION, parsed. */
  readonly system: Readonly<Record<string, unknown>>;
  readonly user: Readonly<Record<string, string>>;
}

/** Raises APP_NOT_FOUND, DROPLET_INVALID and SERVICES_INVALID. */
export async function appEnvironment(name: string, homeFolder: string, cwd: string): Promise<AppEnvironment> {
  const home = homeAt(homeFolder);
  const droplet = await currentDroplet(home, name);
  if (droplet === undefined) {
    await requireKnownApp(homeFolder, name);
    throw dropletMissing(name);
  }
  const { app, run } = droplet;
  const services = await appServices(app, await servicesFileOf(droplet, { cwd }), 'app');
  const { memoryMb, diskMb } = webProcess(app);
  const limits = { memoryMb, diskMb, fileDescriptors: FILE_DESCRIPTOR_LIMIT };
  return {
    system: {
      VCAP_SERVICES: JSON.parse(services.delivery.vcapServices) as unknown,
      VCAP_APPLICATION: JSON.parse(stagingVcapApplication(appFacts(app, run.domain), limits)) as unknown,
    },
    user: app.env,
  };
}
