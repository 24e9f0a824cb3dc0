/** The user that every process of an app runs as. Source: cflinuxfs4 Dockerfile, `useradd -u 2000 -mU vcap`. */
export const VCAP = { name: 'vcap', uid: 2000, gid: 2000, home: '/home/vcap' } as const;

/** Where the app's bits are unpacked for staging. Source: buildpackapplifecycle builder_config.go, `buildDir`. */
export const BUILD_DIR = '/tmp/app';

/** Build cache of one app and stack. Source: builder_config.go, `buildArtifactsCacheDir`. */
export const CACHE_DIR = '/tmp/cache';

/** Cache directory of the final buildpack. Source: buildpackrunner/runner.go, `makeDirectories`. */
export const FINAL_CACHE_DIR = '/tmp/cache/final';

/** Buildpacks known by name, one directory each. Source: builder_config.go, `buildpacksDir`. */
export const BUILDPACKS_DIR = '/tmp/buildpacks';

/** Buildpacks given by URL. Source: builder_config.go, `buildpacksDownloadDir`. */
export const BUILDPACK_DOWNLOADS_DIR = '/tmp/buildpackdownloads';

/** Prefix of the droplet's assembly directory; random digits follow. Source: runner.go, `MkdirTemp("", "contents")`. */
export const CONTENTS_DIR_PREFIX = '/tmp/contents';

/** The droplet, a gzipped tar. Source: builder_config.go, `outputDroplet`. */
export const DROPLET_FILE = '/tmp/droplet';

/** What staging found out. Source: builder_config.go, `outputMetadata`. */
export const RESULT_FILE = '/tmp/result.json';

/** The build cache on its way out, a gzipped tar. Source: builder_config.go, `outputBuildArtifactsCache`. */
export const OUTPUT_CACHE_FILE = '/tmp/output-cache';

/** Builder, launcher and shell. Source: cloud_controller_ng staging_action_builder.rb, desired_lrp_builder.rb. */
export const LIFECYCLE_DIR = '/tmp/lifecycle';
export const LAUNCHER = '/tmp/lifecycle/launcher';
export const SHELL = '/tmp/lifecycle/shell';

/** Where a droplet is unpacked and from where the launcher is started (cwd). Source: desired_lrp_builder.rb, `to: '.'`. */
export const DROPLET_DIR = '/home/vcap';
export const APP_DIR = '/home/vcap/app';

/** Read from the launcher's cwd. Source: buildpackrunner/dea_staging_info.go, `DeaStagingInfoFilename`. */
export const STAGING_INFO_NAME = 'staging_info.yml';

/** Trusted certificates of the platform. Source: cloud_controller_ng lib/cloud_controller/diego/constants.rb. */
export const SYSTEM_CERTS_DIR = '/etc/cf-system-certificates';

/** Instance identity. Source: executor initializer/initializer_garden.go. */
export const INSTANCE_CREDENTIALS_DIR = '/etc/cf-instance-credentials';
export const INSTANCE_CERT_FILE = '/etc/cf-instance-credentials/instance.crt';
export const INSTANCE_KEY_FILE = '/etc/cf-instance-credentials/instance.key';

/** Service bindings as files. Source: cloud_controller_ng app/presenters/system_environment. */
export const SERVICE_BINDINGS_DIR = '/etc/cf-service-bindings';
export const VCAP_SERVICES_FILE = '/etc/cf-service-bindings/vcap_services';

/** Directories and files of a droplet while it is put together. Source: runner.go, `makeDirectories`, `packageDroplet`. */
export interface ContentsLayout {
  readonly root: string;
  readonly deps: string;
  readonly profile: string;
  readonly app: string;
  readonly tmp: string;
  readonly logs: string;
  readonly stagingInfo: string;
}

/** Lays out the contents directory of one staging, e.g. `/tmp/contents123`. */
export function contentsLayout(root: string): ContentsLayout {
  return {
    root,
    deps: `${root}/deps`,
    profile: `${root}/profile.d`,
    app: `${root}/app`,
    tmp: `${root}/tmp`,
    logs: `${root}/logs`,
    stagingInfo: `${root}/${STAGING_INFO_NAME}`,
  };
}
