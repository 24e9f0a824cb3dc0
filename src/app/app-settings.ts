import type { PortShape } from '../lifecycle/instance-ports.ts';
import type { AppFacts } from '../lifecycle/vcap-application.ts';
import { defaultProcess, type AppManifest, type ProcessManifest } from '../manifest/manifest.ts';
import type { AppServices } from './app-services.ts';
import type { ResolvedStack } from './resolve-stack.ts';

/** What is known of a running app before its droplet is, and is the same for all of its instances. */
export interface AppSettings {
  readonly app: AppManifest;
  readonly facts: AppFacts;
  readonly stack: ResolvedStack;
  readonly services: AppServices;
  /** PEM texts that the containers are to trust. */
  readonly caCertificates: readonly string[];
  /** Port of this machine for web/0, its successors for the next instances of web; 0 takes free ones. */
  readonly port: number;
  readonly portShape: PortShape;
  /** Its containers reach nothing but each other and the backing services. */
  readonly offline: boolean;
  /** What they try to reach is recorded. */
  readonly traffic: boolean;
}

export function webProcess(app: AppManifest): ProcessManifest {
  return app.processes.find(({ type }) => type === 'web') ?? defaultProcess('web');
}

/** One place of an app that an instance takes. */
export interface PlannedSlot {
  readonly process: ProcessManifest;
  readonly index: number;
}

/** As many as the processes ask for, web first. */
export function slotsOf({ processes }: AppManifest): readonly PlannedSlot[] {
  return processes.flatMap((process) =>
    Array.from({ length: process.instances }, (_, index) => ({ process, index })),
  );
}
