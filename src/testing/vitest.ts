/** Adds the matchers to vitest's `expect`: `import 'cfstage/testing/vitest'`, in a test file or in `setupFiles`. */
import { expect } from 'vitest';
import type { CfstageMatchers } from './matchers/matcher-types.ts';
import { matchers } from './matchers/matchers.ts';

expect.extend(matchers);

declare module 'vitest' {
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type, @typescript-eslint/no-explicit-any, @typescript-eslint/no-unused-vars
  interface Assertion<T = any> extends CfstageMatchers {}
}
