import { networkPlace } from '../../../src/plan/private-network.ts';
import { inspectBuildpack, type BuildpackCandidate } from '../../../src/buildpack/buildpack.ts';
import { defaultProcess } from '../../../src/manifest/manifest.ts';
import type { LaunchFacts } from '../../../src/plan/plan-launch.ts';
import type { StagingFacts } from '../../../src/plan/plan-staging.ts';
import type { TaskFacts } from '../../../src/plan/plan-task.ts';

const app = {
  guid: 'a0000000-0000-4000-8000-000000000000',
  name: 'an app',
  version: 'b0000000-0000-4000-8000-000000000000',
  uris: ['an-app.localhost'],
  spaceName: 'local',
  spaceGuid: 'c0000000-0000-4000-8000-000000000000',
  organizationName: 'cfstage',
  organizationGuid: 'd0000000-0000-4000-8000-000000000000',
  cfApi: 'https://api.localhost',
};
const common = {
  app,
  userEnvironment: { GREETING: 'hello' },
  services: { kind: 'env', vcapServices: '{}' },
  certificates: { systemCertificates: false, instanceIdentity: false },
  image: 'cloudfoundry/cflinuxfs4',
} as const;

/** A buildpack that has these scripts. */
export function candidate(key: string, ...scripts: readonly string[]): BuildpackCandidate {
  return inspectBuildpack(key, [
    { path: 'bin', type: 'directory', mode: 0o755 },
    ...scripts.map((name) => ({
      path: `bin/${name}`,
      type: 'file' as const,
      mode: 0o755,
      head: '#!/bin/bash',
    })),
  ]);
}

export const STAGING_FACTS: StagingFacts = {
  ...common,
  webMemoryMb: 256,
  webLogRateLimitBytes: -1,
  stack: 'cflinuxfs4',
  buildpacks: [
    candidate('https://example.com/config-server.git', 'supply'),
    candidate('ruby_buildpack', 'detect', 'supply', 'finalize', 'release'),
  ],
  skipDetect: true,
  downloads: [],
  buildGuid: 'e0000000-0000-4000-8000-000000000000',
  contentsSuffix: '42',
  hash: (key) => `hash-of-${key}`,
  timeoutSeconds: 900,
};

export const LAUNCH_FACTS: LaunchFacts = {
  ...common,
  process: { ...defaultProcess('web'), memoryMb: 256 },
  processGuid: app.guid,
  processes: [{ type: 'web', command: 'ruby app.rb' }],
  sidecars: [{ name: 'config-server', command: './config-server', process_types: ['web'], memory: 32 }],
  stagingInfo: undefined,
  instance: { guid: 'f0000000-0000-4000-8000-0000', index: 0 },
  publish: { hostPort: 0, hostAddress: '127.0.0.1' },
  portShape: 'plain',
};

export const TASK_FACTS: TaskFacts = {
  ...common,
  settings: {
    name: 'Migrate',
    command: 'rake db:migrate',
    memoryMb: 256,
    diskMb: 512,
    logRateLimitBytes: -1,
  },
  stagingInfo: undefined,
  taskGuid: 'a1000000-0000-4000-8000-000000000000',
  place: networkPlace('home', false),
};
