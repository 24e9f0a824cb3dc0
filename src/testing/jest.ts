/** Adds the matchers to jest's `expect`: `import 'cfstage/testing/jest'`, in a test file or in `setupFilesAfterEnv`. */
import { expect } from '@jest/globals';
import type { CfstageMatchers } from './matchers/matcher-types.ts';
import { matchers } from './matchers/matchers.ts';

expect.extend(matchers);

declare module 'expect' {
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type, @typescript-eslint/no-unused-vars
  interface Matchers<R extends void | Promise<void>, T = unknown> extends CfstageMatchers<R> {}
}

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- it is the one of @types/jest
  namespace jest {
    // eslint-disable-next-line @typescript-eslint/no-empty-object-type, @typescript-eslint/no-unused-vars
    interface Matchers<R, T = {}> extends CfstageMatchers<R> {}
  }
}
