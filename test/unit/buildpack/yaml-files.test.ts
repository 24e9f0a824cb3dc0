import { describe, expect, it } from 'vitest';
import { buildpackMetadata } from '../../../src/buildpack/config-yml.ts';
import { parseLaunchYml } from '../../../src/buildpack/launch-yml.ts';
import { parseProcfile } from '../../../src/buildpack/procfile.ts';
import { parseReleaseYml } from '../../../src/buildpack/release-yml.ts';
import type { LaunchProcess } from '../../../src/lifecycle/launch-process.ts';
import { failedStagingResult, resultFailure, resultJson } from '../../../src/lifecycle/staging-result.ts';
// Observed by decoding each text with gopkg.in/yaml.v2 v2.4.0 into the builder's types.
import vectors from './go-yaml.vectors.json' with { type: 'json' };

function commands(processes: readonly LaunchProcess[]): Record<string, string> {
  return Object.fromEntries(processes.map(({ type, command }) => [type, command]));
}

describe('parseReleaseYml', () => {
  it.each(vectors.release)('agrees with Go on $text', ({ text, error, value }) => {
    const parsed = parseReleaseYml(text);
    if (error === '') expect('value' in parsed && commands(parsed.value)).toEqual(value);
    else expect(parsed).toEqual({ failure: { kind: 'InvalidReleaseOutput', detail: error } });
  });
});

describe('parseProcfile', () => {
  it.each(vectors.procfile)('agrees with Go on $text', ({ text, error, value }) => {
    const parsed = parseProcfile(text);
    if (error === '') expect('value' in parsed && commands(parsed.value)).toEqual(value);
    else expect(parsed).toEqual({ failure: { kind: 'InvalidProcfile' } });
  });

  it('keeps the order of the text', () => {
    const parsed = parseProcfile('worker: a\nweb: b\n');
    expect('value' in parsed && parsed.value.map(({ type }) => type)).toEqual(['worker', 'web']);
  });
});

describe('parseLaunchYml', () => {
  it.each(vectors.launch)('agrees with Go on $text', ({ text, error, value }) => {
    const parsed = parseLaunchYml(text);
    if (error === '') {
      const processes = value.map(([type, command, sidecarFor, memory]) => ({
        type,
        command,
        sidecarFor,
        memory,
      }));
      expect(parsed).toEqual({ value: processes });
    } else {
      expect(parsed).toEqual({ failure: { kind: 'InvalidLaunchYml', detail: error } });
    }
  });
});

describe('buildpackMetadata', () => {
  it.each(vectors.config)('agrees with Go on $text', ({ text, json, jsonError }) => {
    const metadata = buildpackMetadata('k', text);
    if (jsonError === '') {
      expect(resultFailure([metadata])).toBeUndefined();
      expect(resultJson(failedStagingResult([metadata]))).toContain(`"buildpacks":[${json}]`);
    } else {
      expect(resultFailure([metadata])).toEqual({ kind: 'UnwritableResult', detail: jsonError });
    }
  });

  it('is just the key without a config.yml', () => {
    expect(buildpackMetadata('k', undefined)).toEqual({ key: 'k', name: '' });
  });
});
