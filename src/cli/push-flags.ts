import { InvalidArgumentError, Option, type Command } from 'commander';
import { STAGING_TIMEOUT_SECONDS } from '../lifecycle/limits.ts';
import type { Overrides } from '../manifest/apply-overrides.ts';
import { STACK_POLICIES, type StackPolicy } from '../stack/stack-choice.ts';
import { LOCAL_DOMAIN, type EgressRequest, type PushRequest } from '../app/request.ts';

/** The flags of what containers may reach, as commander gives them. */
export interface EgressFlags {
  readonly offline?: boolean;
  readonly traffic?: boolean;
}

/** The flags that push, stage and run share, as commander gives them. */
export interface PushFlags extends EgressFlags {
  readonly manifest?: string;
  readonly path?: string;
  readonly buildpack?: readonly string[];
  readonly stack?: string;
  readonly startCommand?: string;
  readonly memory?: string;
  readonly disk?: string;
  readonly instances?: string;
  readonly process?: readonly string[];
  readonly logRateLimit?: string;
  readonly healthCheckType?: string;
  readonly appStartTimeout?: string;
  readonly endpoint?: string;
  readonly var?: readonly string[];
  readonly varsFile?: readonly string[];
  readonly route?: boolean;
  readonly randomRoute?: boolean;
  readonly localBuildpack?: readonly (readonly [string, string])[];
  readonly env?: readonly string[];
  readonly port?: number;
  readonly routerPort?: number;
  readonly restart?: boolean;
  readonly detach?: boolean;
  /** Set by `detach` on the process that it starts. */
  readonly background?: boolean;
  readonly domain?: string;
  readonly json?: boolean;
  readonly stackPolicy?: StackPolicy;
  readonly services?: string;
  readonly keepServices?: boolean;
  readonly caCert?: string;
  readonly detect?: boolean;
  readonly clearCache?: boolean;
  readonly stagingTimeout?: number;
  readonly instancePorts?: 'plain' | 'envoy';
  readonly proxy?: 'http' | 'tls';
}

/** What --offline and --traffic do, also for tasks. */
export const OFFLINE_HELP = 'let the containers reach nothing but each other and the services';
export const TRAFFIC_HELP = 'list what the containers try to reach, allowed or not';

/** Adds cf's own flags for what the app is, and ours for where it is staged. */
export function addAppFlags(command: Command): Command {
  return command
    .option('-f, --manifest <path>', 'path to the manifest, or to the directory that holds it')
    .option('-p, --path <path>', 'path to the app directory or to a zip, jar or war of it')
    .option(
      '-b, --buildpack <name-or-url>',
      'buildpack by name or URL, repeatable; overrides the manifest',
      collect,
    )
    .option('-s, --stack <name>', 'stack to use, e.g. cflinuxfs4')
    .option('-c, --start-command <command>', 'start command; "null" or "default" goes back to the droplet\'s')
    .option('-m, --memory <size>', 'memory limit, e.g. 256M or 1G')
    .option('-k, --disk <size>', 'disk limit, e.g. 512M')
    .option('-i, --instances <count>', 'number of instances of web')
    .option(
      '--process <type=count>',
      'number of instances of another process of the manifest or the droplet, repeatable',
      collect,
    )
    .option(
      '-l, --log-rate-limit <size>',
      'log rate limit per second, e.g. 16K; -1 is unlimited, 0 logs nothing',
      // cf's help says `-l=-1`.
      (value) => value.replace(/^=/, ''),
    )
    .option('-u, --health-check-type <type>', 'port, http or process')
    .option('-t, --app-start-timeout <seconds>', 'time the app has to become healthy')
    .option('--endpoint <path>', 'path that a health check of type http asks for')
    .option('--var <name=value>', 'variable of the manifest, repeatable', collect)
    .option('--vars-file <path>', 'YAML file of variables, repeatable', collect)
    .option(
      '--services <path>',
      'YAML file of the service instances that the manifest names (default: services.yml beside it)',
    )
    .option('--keep-services', 'leave the services that were started for the app running when it ends')
    .option('--no-route', 'give the app no route')
    .option('--random-route', 'give the app a random route')
    .option('--env <name=value>', 'environment variable of the app, repeatable', collect)
    .option(
      '--local-buildpack <name=path>',
      'wherever the manifest says NAME (a name or a URL), use this directory or zip; repeatable',
      collectPair,
    )
    .option('--detect', 'choose among the buildpacks named with -b by detection')
    .option('--clear-cache', 'stage without the build cache of the last time')
    .option('--staging-timeout <seconds>', 'time that staging may take', positive, STAGING_TIMEOUT_SECONDS)
    .addOption(new Option('--stack-policy <policy>', 'where the stack may come from').choices(STACK_POLICIES))
    .option('--ca-cert <file>', 'PEM file of certificates that the containers are to trust')
    .option('--domain <name>', 'domain of the routes', LOCAL_DOMAIN)
    .option('--offline', OFFLINE_HELP)
    .option('--traffic', TRAFFIC_HELP)
    .option('--json', 'write one JSON object a line on stdout');
}

/** Adds what only those commands have that stage once. */
export function addProxyFlag(command: Command): Command {
  return command.addOption(
    new Option('--proxy [scheme]', 'let staging go through a recording proxy, reached by http or by tls')
      .choices(['http', 'tls'])
      .preset('http'),
  );
}

/** Adds the flags of what runs. */
export function addRunFlags(command: Command): Command {
  return command
    .option(
      '--router-port <number>',
      'port of the router that all apps share (default: where it was last)',
      port,
    )
    .option('--port <number>', 'port of this machine for the app (default: a free one)', port)
    .option('--no-restart', 'end with the first crash, and with a summary of it, instead of starting again')
    .addOption(
      new Option('--instance-ports <shape>', 'shape of CF_INSTANCE_PORTS')
        .choices(['plain', 'envoy'])
        .default('envoy'),
    );
}

/** Adds what lets an app run on without a terminal. */
export function addDetachFlags(command: Command): Command {
  return command
    .option('--detach', 'return when the app has started, and let it run on in the background')
    .addOption(new Option('--background').hideHelp());
}

/** The flags as a request. Only what was given overrides the manifest. */
export function toRequest(appName: string | undefined, flags: PushFlags, cwd: string): PushRequest {
  return {
    cwd,
    ...given({
      appName,
      manifestFile: flags.manifest,
      path: flags.path,
      servicesFile: flags.services,
      stackPolicy: flags.stackPolicy,
      caCert: flags.caCert,
      proxy: flags.proxy === undefined ? undefined : { tls: flags.proxy === 'tls' },
    }),
    vars: flags.var ?? [],
    varsFiles: flags.varsFile ?? [],
    overrides: toOverrides(flags),
    localBuildpacks: new Map(flags.localBuildpack ?? []),
    detect: flags.detect ?? false,
    clearCache: flags.clearCache ?? false,
    stagingTimeoutSeconds: flags.stagingTimeout ?? STAGING_TIMEOUT_SECONDS,
    recordChanges: false,
    domain: flags.domain ?? LOCAL_DOMAIN,
    routerPort: flags.routerPort ?? 0,
    restart: flags.restart ?? true,
    ...toEgress(flags),
    port: flags.port ?? 0,
    keepServices: flags.keepServices ?? false,
    portShape: flags.instancePorts ?? 'envoy',
  };
}

/** What is asked of the network. */
export function toEgress({ offline = false, traffic = false }: EgressFlags): EgressRequest {
  return { offline, traffic };
}

function toOverrides(flags: PushFlags): Overrides {
  return given({
    buildpacks: flags.buildpack,
    stack: flags.stack,
    startCommand: flags.startCommand,
    memory: flags.memory,
    disk: flags.disk,
    instances: flags.instances,
    processes: flags.process,
    logRateLimit: flags.logRateLimit,
    healthCheckType: flags.healthCheckType,
    startTimeout: flags.appStartTimeout,
    endpoint: flags.endpoint,
    noRoute: flags.route === false ? true : undefined,
    randomRoute: flags.randomRoute,
    env: flags.env,
  });
}

/** Without what is undefined. */
export function given<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

/** Gathers the values of a repeatable flag. */
export function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

function collectPair(
  value: string,
  before: readonly (readonly [string, string])[] | undefined,
): readonly (readonly [string, string])[] {
  // A URL may hold `=`; a path rarely does, so the last one separates.
  const at = value.lastIndexOf('=');
  if (at <= 0 || at === value.length - 1) throw new InvalidArgumentError('Write NAME=PATH.');
  return [...(before ?? []), [value.slice(0, at), value.slice(at + 1)]];
}

function port(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1 || number > 65_535) {
    throw new InvalidArgumentError('A port is a number from 1 to 65535.');
  }
  return number;
}

function positive(value: string): number {
  const number = Number(value);
  if (!(number > 0)) throw new InvalidArgumentError('Write a number of seconds above 0.');
  return number;
}
