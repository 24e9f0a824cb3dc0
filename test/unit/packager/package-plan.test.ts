import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseBuildpackManifest } from '../../../src/packager/buildpack-manifest.ts';
import { planPackage, type PackagePlan } from '../../../src/packager/package-plan.ts';
import type { PackageTarget } from '../../../src/packager/packaged-dependencies.ts';

const MANIFEST = `---
# Kept.
language: tea
pre_package: ./make.sh
default_versions:
- name: pot
  version: 1.x
dependencies:
- name: pot
  version: 1.10
  uri: https://example.com/files/pot-1.10.tgz
  sha256: AA
  cf_stacks: [cflinuxfs3, cflinuxfs4]
- name: agent
  version: 2.0.0
  uri: https://example.com/files/agent.tgz
  sha256: bb
  cf_stacks: [cflinuxfs4]
- name: leaf
  version: 3.0.0
  uri: https://example.com/files/leaf.tgz
  sha256: cc
  cf_stacks: [cflinuxfs3]
include_files:
- manifest.yml
- VERSION
- bin/supply
packaging_profiles:
  minimal:
    description: No agents.
    exclude: [agent]
  broken:
    exclude: [nobody]
`;

const ANY: PackageTarget = { stack: undefined, cached: false, exclude: [], include: [] };

function plan(target: Partial<PackageTarget>, text = MANIFEST): PackagePlan {
  const manifest = { text, parsed: parseBuildpackManifest(text, 'tea/manifest.yml') };
  const md5 = (of: string) => createHash('md5').update(of).digest('hex');
  return planPackage(
    { manifest, directoryName: 'tea-buildpack', version: '1.2.3', md5 },
    { ...ANY, ...target },
  );
}

function manifestOf(target: Partial<PackageTarget>, text?: string) {
  return parse(plan(target, text).manifest ?? '') as {
    stack?: string;
    dependencies: readonly { name: string; cf_stacks?: readonly string[]; file?: string }[];
  };
}

describe('the name of the zip', () => {
  test.for<[Partial<PackageTarget>, string]>([
    [{}, 'tea_buildpack-v1.2.3.zip'],
    [{ stack: 'cflinuxfs4' }, 'tea_buildpack-cflinuxfs4-v1.2.3.zip'],
    [{ stack: 'cflinuxfs4', cached: true }, 'tea_buildpack-cached-cflinuxfs4-v1.2.3.zip'],
    [{ cached: true, profile: 'minimal' }, 'tea_buildpack-cached-minimal-v1.2.3.zip'],
    [
      { cached: true, profile: 'minimal', exclude: ['leaf'] },
      'tea_buildpack-cached-minimal+custom-v1.2.3.zip',
    ],
    [
      { cached: true, profile: 'minimal', include: ['agent'] },
      'tea_buildpack-cached-minimal+custom-v1.2.3.zip',
    ],
    [{ cached: true, exclude: ['leaf'] }, 'tea_buildpack-cached-custom-v1.2.3.zip'],
  ])('%o: %s', ([target, name]) => {
    expect(plan(target).zipName).toBe(name);
  });

  test('without a language it is the directory that names it', () => {
    const manifest = plan({}, 'include_files: [bin/supply]\ndependencies: []\n');
    expect(manifest.zipName).toBe('tea_buildpack-v1.2.3.zip');
  });
});

describe('the manifest in the zip', () => {
  test('for a stack has its dependencies alone, and says so', () => {
    expect(manifestOf({ stack: 'cflinuxfs4' })).toMatchObject({
      stack: 'cflinuxfs4',
      dependencies: [{ name: 'pot' }, { name: 'agent' }],
    });
    const [pot] = manifestOf({ stack: 'cflinuxfs4' }).dependencies;
    expect(pot).not.toHaveProperty('cf_stacks');
    expect(pot).not.toHaveProperty('file');
  });

  test('for any stack has all of them, with their stacks', () => {
    const manifest = manifestOf({});
    expect(manifest.dependencies.map(({ name }) => name)).toEqual(['pot', 'agent', 'leaf']);
    expect(manifest.dependencies[0]?.cf_stacks).toEqual(['cflinuxfs3', 'cflinuxfs4']);
    expect(manifest).not.toHaveProperty('stack');
  });

  test('keeps comments and the spelling of a version', () => {
    expect(plan({ stack: 'cflinuxfs4' }).manifest).toMatch(/^# Kept\.$/m);
    expect(plan({ stack: 'cflinuxfs4' }).manifest).toMatch(/^ *version: 1\.10$/m);
  });

  test('cached names the files that the plan puts in', () => {
    const target = { stack: 'cflinuxfs3', cached: true };
    const { dependencies } = plan(target);
    expect(dependencies).toMatchObject([
      { name: 'pot', sha256: 'aa', uri: 'https://example.com/files/pot-1.10.tgz' },
      { name: 'leaf', file: 'dependencies/7a57b0d76bb0c428bb5515077e0436d2/leaf.tgz' },
    ]);
    expect(manifestOf(target).dependencies.map(({ file }) => file)).toEqual(
      dependencies.map(({ file }) => file),
    );
  });

  test('leaves out what a profile and exclusions leave out, but for inclusions', () => {
    const names = (target: Partial<PackageTarget>) =>
      manifestOf({ cached: true, ...target }).dependencies.map(({ name }) => name);
    expect(names({ profile: 'minimal' })).toEqual(['pot', 'leaf']);
    expect(names({ profile: 'minimal', exclude: ['leaf'] })).toEqual(['pot']);
    expect(names({ profile: 'minimal', include: ['agent'] })).toEqual(['pot', 'agent', 'leaf']);
  });

  test('is written out in full where an alias could lose its anchor', () => {
    const text = `dependencies:
- &first { name: a, version: 1.0.0, uri: https://example.com/a, sha256: a, cf_stacks: [cflinuxfs3] }
- { <<: *first, name: b, cf_stacks: [cflinuxfs4] }
`;
    expect(manifestOf({ stack: 'cflinuxfs4' }, text).dependencies).toEqual([
      { name: 'b', version: '1.0.0', uri: 'https://example.com/a', sha256: 'a' },
    ]);
  });
});

describe('is refused', () => {
  test.for<[string, Partial<PackageTarget>, string, string?]>([
    ['BUILDPACK_INVALID', { stack: 'windows' }, 'Stack `windows` not found in manifest'],
    [
      'BUILDPACK_INVALID',
      { stack: 'cflinuxfs4' },
      'Cannot package from already packaged buildpack manifest',
      `${MANIFEST}stack: cflinuxfs4\n`,
    ],
    [
      'BUILDPACK_INVALID',
      { stack: 'cflinuxfs4' },
      'No matching default dependency `pot` for stack `cflinuxfs4`',
      MANIFEST.replace('1.x', '2.x'),
    ],
    ['USAGE', { profile: 'minimal' }, '--profile/--exclude/--include are only valid for cached buildpacks'],
    ['USAGE', { cached: true, include: ['pot'] }, '--include requires --profile'],
    [
      'USAGE',
      { cached: true, profile: 'minimal', include: ['pot'] },
      '--include "pot" has no effect: dependency is not excluded by the profile or --exclude',
    ],
    ['USAGE', { cached: true, profile: 'A b' }, 'profile name "A b" is invalid: must match ^[a-z0-9_-]+$'],
    [
      'BUILDPACK_INVALID',
      { cached: true, profile: 'none' },
      'packaging profile "none" not found in manifest',
    ],
    [
      'BUILDPACK_INVALID',
      { cached: true, profile: 'broken' },
      'profile "broken" references unknown dependency "nobody"',
    ],
    ['BUILDPACK_INVALID', { cached: true, exclude: ['cup'] }, 'dependency "cup" not found in manifest'],
    [
      'BUILDPACK_INVALID',
      {},
      "tea/manifest.yml:1:15: An entry of 'dependencies' must be a list",
      'dependencies: none\n',
    ],
  ])('%s %o: %s', ([code, target, message, text]) => {
    expect(() => plan(target, text)).toThrow(expect.objectContaining({ code, message }) as Error);
  });
});
