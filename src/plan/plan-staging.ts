import type { BuildpackHash } from '../buildpack/buildpack-hash.ts';
import { buildpackDirectory } from '../buildpack/buildpack-reference.ts';
import type { BuildpackCandidate } from '../buildpack/buildpack.ts';
import { planPhases, type PhaseInput, type PhasePlan, type Step } from '../buildpack/phases.ts';
import { formatByteSize } from '../lifecycle/byte-format.ts';
import { BUILDPACK_DOWNLOADS_DIR } from '../lifecycle/container-paths.ts';
import type { CertificateFacts } from '../lifecycle/container-network.ts';
import type { Environment } from '../lifecycle/environment.ts';
import { INIT_ARGV } from '../lifecycle/lifecycle-files.ts';
import {
  FILE_DESCRIPTOR_LIMIT,
  PID_LIMIT,
  STAGING_DISK_MB,
  stagingCpuShares,
  stagingMemoryMb,
} from '../lifecycle/limits.ts';
import type { ServiceDelivery } from '../lifecycle/service-delivery.ts';
import { stagingEnvironment } from '../lifecycle/staging-environment.ts';
import type { AppFacts } from '../lifecycle/vcap-application.ts';
import { containerName } from './container-name.ts';
import { UNKNOWN_NETWORK } from './network-later.ts';
import type { NetworkPlace } from './private-network.ts';
import type { StagingPlan } from './staging-plan.ts';

/** What a staging is decided from. */
export interface StagingFacts {
  readonly app: AppFacts;
  readonly webMemoryMb: number;
  /** Of the web process, which staging shares. Source: cloud_controller_ng app/actions/build_create.rb. */
  readonly webLogRateLimitBytes: number;
  /** Staging environment variable group. */
  readonly group?: Environment;
  readonly userEnvironment: Environment;
  readonly services: ServiceDelivery;
  readonly certificates: CertificateFacts;
  readonly stack: string;
  readonly image: string;
  readonly platform?: string;
  /** In order. */
  readonly buildpacks: readonly BuildpackCandidate[];
  readonly skipDetect: boolean;
  /** Buildpacks that came as a zip from a URL: the builder tells of each. */
  readonly downloads: readonly { readonly url: string; readonly bytes: number }[];
  readonly buildGuid: string;
  /** Digits behind `/tmp/contents`. */
  readonly contentsSuffix: string;
  /** Absent: on the engine's own network, for an app that has no backing services and is not cut off. */
  readonly place?: NetworkPlace;
  readonly hash: BuildpackHash;
  readonly timeoutSeconds: number;
}

/** Decides a staging. Source of limits and environment: cloud_controller_ng diego/buildpack/staging_action_builder.rb. */
export function planStaging(facts: StagingFacts): StagingPlan {
  const { app, stack, buildpacks, skipDetect, hash, buildGuid } = facts;
  const memoryMb = stagingMemoryMb(facts.webMemoryMb);
  const contentsDir = `/tmp/contents${facts.contentsSuffix}` as const;
  const phaseInput: PhaseInput = { buildpacks, skipDetect, contentsDir, hash };
  return {
    app: app.name,
    stack,
    buildGuid,
    container: {
      name: containerName(app.name, 'staging', buildGuid),
      image: facts.image,
      ...(facts.platform === undefined ? {} : { platform: facts.platform }),
      hostname: buildGuid,
      env: {},
      init: INIT_ARGV,
      workingDir: '/home/vcap',
      memoryMb,
      diskMb: STAGING_DISK_MB,
      cpuShares: stagingCpuShares(),
      pids: PID_LIMIT,
      nofile: FILE_DESCRIPTOR_LIMIT,
      publish: [],
      ...facts.place,
    },
    env: stagingEnvironment({
      app,
      limits: { memoryMb, diskMb: STAGING_DISK_MB, fileDescriptors: FILE_DESCRIPTOR_LIMIT },
      stack,
      ...(facts.group === undefined ? {} : { group: facts.group }),
      userEnvironment: facts.userEnvironment,
      services: facts.services,
      certificates: facts.certificates,
      network: UNKNOWN_NETWORK,
    }),
    buildpacks: buildpacks.map(({ key }) => {
      const path = buildpackDirectory(key, hash);
      return { key, path, writable: path.startsWith(BUILDPACK_DOWNLOADS_DIR) };
    }),
    skipDetect,
    contentsDir,
    phases: withDownloads(planPhases(phaseInput), facts.downloads),
    phaseInput,
    timeoutSeconds: facts.timeoutSeconds,
    logRateLimitBytes: facts.webLogRateLimitBytes,
  };
}

/** Source of the line: buildpackapplifecycle runner.go, `downloadBuildpacks`. */
function withDownloads(phases: PhasePlan, downloads: StagingFacts['downloads']): PhasePlan {
  const told = downloads.map(({ url, bytes }): Step => {
    const line = `Downloaded buildpack \`${url}\` (${formatByteSize(bytes)})`;
    return { step: 'print', stream: 'stdout', line };
  });
  return { ...phases, steps: [...told, ...phases.steps] };
}
