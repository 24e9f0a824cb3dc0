import { describe, expect, it } from 'vitest';
import {
  cfPushErrorLines,
  cloudControllerError,
  stagingError,
  stagingExitCode,
} from '../../../src/lifecycle/exit-codes.ts';
import { describeScriptFailure } from '../../../src/lifecycle/script-failure.ts';
import type { StagingFailure } from '../../../src/lifecycle/staging-failure.ts';
import { stagingFailureLines, writesResult } from '../../../src/lifecycle/staging-failure.ts';

const EXIT_1 = { kind: 'exit', status: 1 } as const;
const SUPPLY = 'Failed to run all supply scripts';

const FAILURES: readonly (readonly [
  StagingFailure,
  string[],
  exitCode: number,
  code: string,
  result: boolean,
])[] = [
  [
    { kind: 'NoAppDetected' },
    ['None of the buildpacks detected a compatible application'],
    222,
    'NO_APP_DETECTED',
    false,
  ],
  [
    { kind: 'SupplyFailed', cause: { kind: 'exit', status: 17 } },
    [`${SUPPLY}: exit status 17`],
    225,
    'STAGING_FAILED',
    false,
  ],
  [
    { kind: 'NoSupplyScript', key: 'x' },
    ['Error: one of the buildpacks chosen to supply dependencies does not support multi-buildpack apps'],
    225,
    'STAGING_FAILED',
    false,
  ],
  [
    { kind: 'MalformedBuildpack', key: 'x', final: false },
    [
      'malformed buildpack does not contain a /bin dir: x',
      `${SUPPLY}: malformed buildpack does not contain a /bin dir: x`,
    ],
    225,
    'BUILDPACK_INVALID',
    false,
  ],
  [
    { kind: 'MalformedBuildpack', key: 'x', final: true },
    [`${SUPPLY}: malformed buildpack does not contain a /bin dir: x`],
    225,
    'BUILDPACK_INVALID',
    false,
  ],
  [
    { kind: 'UnreadableBuildpack', path: '/p', final: true },
    [`${SUPPLY}: Failed to read buildpack directory '/p' for buildpack '/p'`],
    225,
    'BUILDPACK_INVALID',
    false,
  ],
  [
    { kind: 'CompileFailed', script: 'supply', cause: EXIT_1 },
    [`Failed to compile droplet: ${SUPPLY}: exit status 1`],
    223,
    'BUILDPACK_COMPILE_FAILED',
    true,
  ],
  [
    { kind: 'CompileFailed', script: 'finalize', cause: { kind: 'signal', signal: 9 } },
    ['Failed to compile droplet: Failed to run finalize script: signal: killed'],
    223,
    'BUILDPACK_COMPILE_FAILED',
    true,
  ],
  [
    {
      kind: 'CompileFailed',
      script: 'compile',
      cause: { kind: 'exec', path: '/b/bin/compile', problem: 'no such file or directory' },
    },
    [
      'Failed to compile droplet: Failed to compile droplet: fork/exec /b/bin/compile: no such file or directory',
    ],
    223,
    'BUILDPACK_COMPILE_FAILED',
    true,
  ],
  [
    { kind: 'ReleaseFailed', cause: { kind: 'exit', status: 5 } },
    ['Failed to build droplet release: exit status 5'],
    224,
    'BUILDPACK_RELEASE_FAILED',
    true,
  ],
  [
    { kind: 'InvalidReleaseOutput', detail: 'yaml: unmarshal errors:\n  line 1: x' },
    [
      "Failed to build droplet release: buildpack's release output invalid: yaml: unmarshal errors:",
      '  line 1: x',
    ],
    224,
    'BUILDPACK_RELEASE_FAILED',
    true,
  ],
  [{ kind: 'InvalidLaunchYml', detail: 'yaml: x' }, ['yaml: x'], 1, 'STAGING_FAILED', true],
  [
    { kind: 'InvalidProcfile' },
    ['Failed to read command from Procfile: invalid YAML'],
    1,
    'STAGING_FAILED',
    true,
  ],
  [
    { kind: 'UnreadableProcfile', detail: 'read /tmp/app/Procfile: is a directory' },
    ['Failed to read command from Procfile: read /tmp/app/Procfile: is a directory'],
    1,
    'STAGING_FAILED',
    true,
  ],
  [
    { kind: 'UnwritableResult', detail: 'json: unsupported value: NaN' },
    ['json: unsupported value: NaN'],
    1,
    'STAGING_FAILED',
    false,
  ],
  [
    { kind: 'InvalidBuildpackUrl', key: 'k', detail: 'd' },
    ['Invalid buildpack url (k): d'],
    1,
    'BUILDPACK_INVALID',
    false,
  ],
  [
    { kind: 'DownloadFailed', url: 'u', detail: 'd' },
    ["Failed to download buildpack 'u': d"],
    1,
    'BUILDPACK_DOWNLOAD_FAILED',
    false,
  ],
  [
    { kind: 'ExtractFailed', url: 'u', detail: 'd' },
    ["Failed to extract buildpack 'u': d"],
    1,
    'BUILDPACK_DOWNLOAD_FAILED',
    false,
  ],
  [
    { kind: 'CloneFailed', url: 'u' },
    ['Failed to clone git repository at u'],
    1,
    'BUILDPACK_DOWNLOAD_FAILED',
    false,
  ],
  [
    { kind: 'SetupFailed', detail: 'd' },
    ['Failed to set up filesystem when generating droplet: d'],
    1,
    'STAGING_FAILED',
    false,
  ],
  [
    { kind: 'PackageFailed', step: 'copy', detail: 'exit status 1' },
    ['Failed to copy compiled droplet: exit status 1'],
    1,
    'STAGING_FAILED',
    false,
  ],
];

describe('staging failures', () => {
  it.each(FAILURES)('%j', (failure, lines, exitCode, code, result) => {
    expect(stagingFailureLines(failure)).toEqual(lines);
    expect(stagingExitCode(failure)).toBe(exitCode);
    expect(stagingError(failure)).toMatchObject({ code, exitCode, kind: 'user' });
    expect(writesResult(failure)).toBe(result);
  });
});

describe('cloudControllerError', () => {
  it.each([
    [222, 'NoAppDetectedError - An app was not successfully detected by any available buildpack'],
    [223, 'BuildpackCompileFailed - App staging failed in the buildpack compile phase'],
    [224, 'BuildpackReleaseFailed - App staging failed in the buildpack release phase'],
    [225, 'StagingError - Staging error: staging failed'],
    [226, 'StagingError - Staging error: staging failed'],
    [1, 'StagingError - Staging error: staging failed'],
  ])('of exit code %i', (exitCode, shown) => {
    expect(cfPushErrorLines(cloudControllerError(exitCode))[0]).toBe(`Error staging application: ${shown}`);
  });

  it('does not see the code behind an out-of-memory kill', () => {
    expect(cloudControllerError(223, true).id).toBe('StagingError');
  });

  it('gives the tip of cf push for detection only', () => {
    expect(cfPushErrorLines(cloudControllerError(222)).slice(1)).toEqual([
      '',
      "TIP: Use 'cf buildpacks' to see a list of supported buildpacks.",
    ]);
    expect(cfPushErrorLines(cloudControllerError(223))).toHaveLength(1);
  });
});

it.each([
  [{ kind: 'exit', status: 17 }, 'exit status 17'],
  [{ kind: 'signal', signal: 15 }, 'signal: terminated'],
  [{ kind: 'signal', signal: 11, coreDumped: true }, 'signal: segmentation fault (core dumped)'],
  [{ kind: 'signal', signal: 34 }, 'signal: signal 34'],
  [{ kind: 'exec', path: '/x', problem: 'exec format error' }, 'fork/exec /x: exec format error'],
] as const)('describes %j as Go does', (failure, words) => {
  expect(describeScriptFailure(failure)).toBe(words);
});
