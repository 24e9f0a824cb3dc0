import '../../src/testing/vitest.ts';
import { createPlatform, type Platform, type PlatformOptions } from '../../src/testing/index.ts';

/** The platform of a test file, with the stand-in stack, which has Ruby, Perl and curl. */
export async function dogfoodPlatform(
  buildpacks: PlatformOptions['buildpacks'] = {},
  options: PlatformOptions = {},
): Promise<Platform> {
  return await createPlatform({ stack: 'cflinuxfs3', stackPolicy: 'stand-in', buildpacks, ...options });
}
