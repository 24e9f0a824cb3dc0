import type { Sink } from '../logs/emitter.ts';
import {
  DEFAULT_SETTINGS,
  type BuildpackRef,
  type DeploySettings,
  type HealthCheckSettings,
  type ServiceSettings,
} from './deploy-settings.ts';
import type { Deployment } from './deployment.ts';
import type { Fixture, Place } from './fixture.ts';

/** What an app is deployed from: a folder, a zip or jar, or a folder with changes. */
export type Source = Place | Fixture;

export interface ExecuteOptions {
  /** Ends the work, removes what it made, and rejects with the code INTERRUPTED. */
  readonly signal?: AbortSignal;
  /** Takes every event of the deployment as well. */
  readonly sink?: Sink;
}

/** Does a deployment; what a platform is for {@link Deploy}. */
export type Executor = (
  settings: DeploySettings,
  name: string,
  source: Source,
  options: ExecuteOptions & { readonly start: boolean },
) => Promise<Deployment>;

/** A deployment to be made. Immutable: each call gives a new one, so that several can have a common beginning. */
export class Deploy {
  readonly settings: DeploySettings;
  readonly #executor: Executor;

  constructor(executor: Executor, settings: DeploySettings = DEFAULT_SETTINGS) {
    this.#executor = executor;
    this.settings = settings;
  }

  /** In order, in place of those of the manifest. */
  withBuildpacks(...buildpacks: readonly BuildpackRef[]): Deploy {
    return this.#with({ buildpacks });
  }

  /** More variables for the app, while it is staged and when it runs. */
  withEnv(env: Readonly<Record<string, string>>): Deploy {
    return this.#with({ env: { ...this.settings.env, ...env } });
  }

  /** More services that the app is bound to, by name. A services file is not read then. */
  withServices(services: Readonly<Record<string, ServiceSettings>>): Deploy {
    return this.#with({ services: { ...this.settings.services, ...services } });
  }

  withStartCommand(startCommand: string): Deploy {
    return this.#with({ startCommand });
  }

  withStack(stack: string): Deploy {
    return this.#with({ stack });
  }

  /** A manifest file. Absent: `manifest.yml` of the source, as `cf push` finds it there. */
  withManifest(manifest: Place): Deploy {
    return this.#with({ manifest });
  }

  /** Memory of an instance of web, e.g. `256M`. */
  withMemory(memory: string): Deploy {
    return this.#with({ memory });
  }

  /** The health check of web, as far as it is given. */
  withHealthCheck(healthCheck: HealthCheckSettings): Deploy {
    return this.#with({ healthCheck: { ...this.settings.healthCheck, ...healthCheck } });
  }

  /** So many instances of a process type, e.g. `withProcess('worker', 1)`. */
  withProcess(type: string, instances: number): Deploy {
    return this.#with({ processes: { ...this.settings.processes, [type]: instances } });
  }

  withStagingTimeout(ms: number): Deploy {
    return this.#with({ stagingTimeoutMs: ms });
  }

  /**
   * While it is staged and when it runs it reaches nothing but the other apps and the services of the platform. What it
   * tried is in `traffic`.
   */
  withoutInternetAccess(): Deploy {
    return this.#with({ offline: true, traffic: true });
  }

  /**
   * Staging is told of a recording proxy by HTTP_PROXY and HTTPS_PROXY. With `tls` the proxy is itself reached by TLS, with
   * a certificate of a CA that the container trusts. What was asked of it is in `traffic`. It also reaches the outside
   * for a staging without internet access.
   */
  withProxy({ tls = false }: { readonly tls?: boolean } = {}): Deploy {
    return this.#with({ proxy: { tls }, traffic: true });
  }

  /** What its containers try to reach is recorded, in `traffic`. */
  withTrafficRecorded(): Deploy {
    return this.#with({ traffic: true });
  }

  /** The first crash is the end of the app; without this a crashed instance is followed by a new one, as on a foundation. */
  withoutRestarts(): Deploy {
    return this.#with({ restart: false });
  }

  /**
   * Stages and starts the app, as `cf push NAME` does. The same name again on the same platform is the same app: its
   * build cache is kept, and the new run takes over from the one before. Raises {@link StagingError},
   * {@link StartError}, and CfstageError for what is wrong with the request itself.
   */
  async execute(name: string, source: Source, options: ExecuteOptions = {}): Promise<Deployment> {
    return await this.#executor(this.settings, name, source, { ...options, start: true });
  }

  /** Stages the app and does not start it; `start()` of the deployment does. Raises {@link StagingError}. */
  async stage(name: string, source: Source, options: ExecuteOptions = {}): Promise<Deployment> {
    return await this.#executor(this.settings, name, source, { ...options, start: false });
  }

  #with(more: Partial<DeploySettings>): Deploy {
    return new Deploy(this.#executor, { ...this.settings, ...more });
  }
}
