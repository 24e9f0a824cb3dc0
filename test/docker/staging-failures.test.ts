import { expect } from 'vitest';
import { fixture, recordedBuildpack } from './support/paths.ts';
import { STAND_IN, test } from './support/workplace.ts';

const COMPILE_PHASE = 'App staging failed in the buildpack compile phase';

test.for([
  {
    buildpack: 'never-detects',
    flags: ['--detect'],
    exitCode: 222,
    code: 'NO_APP_DETECTED',
    sentence: 'NoAppDetectedError - An app was not successfully detected by any available buildpack',
    log: '[STG/0] ERR None of the buildpacks detected a compatible application',
  },
  {
    buildpack: 'fails-to-finalize',
    flags: [],
    exitCode: 223,
    code: 'BUILDPACK_COMPILE_FAILED',
    sentence: `BuildpackCompileFailed - ${COMPILE_PHASE}`,
    log: '[STG/0] ERR Failed to compile droplet: Failed to run finalize script: exit status 9',
  },
  {
    buildpack: 'fails-to-release',
    flags: [],
    exitCode: 224,
    code: 'BUILDPACK_RELEASE_FAILED',
    sentence: 'BuildpackReleaseFailed - App staging failed in the buildpack release phase',
    log: '[STG/0] ERR Failed to build droplet release: exit status 5',
  },
  {
    buildpack: 'fails-to-supply',
    flags: ['--buildpack', recordedBuildpack('final-web')],
    exitCode: 225,
    code: 'STAGING_FAILED',
    sentence: 'StagingError - Staging error: staging failed',
    log: '[STG/0] ERR Failed to run all supply scripts: exit status 17',
  },
])(
  '$buildpack ends with $exitCode and the sentence of cf',
  async ({ buildpack, flags, exitCode, code, sentence, log }, { place }) => {
    const app = ['--path', fixture('conformance/apps/simple'), '--buildpack', recordedBuildpack(buildpack)];
    const ended = await place.run(['push', place.app, ...STAND_IN, ...app, ...flags]);
    expect(ended).toMatchObject({ exitCode });
    expect(ended.stdout).toContain(log);
    expect(ended.stdout).toContain(`[STG/0] OUT Exit status ${exitCode}`);
    expect(ended.stderr).toContain(sentence);
    expect(ended.stderr).toMatch(new RegExp(`^FAILED \\(${code}\\)$`, 'm'));
    expect(ended.stderr).not.toMatch(/^ +at /m);
  },
);
