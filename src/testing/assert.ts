/** The matchers as plain functions, for node:test and any other runner: `import { verify } from 'cfstage/testing/assert'`. */
import { AssertionError } from 'node:assert';
import type { Waiting } from './eventually.ts';
import type { LinePattern } from './log-view.ts';
import type { Lines } from './matchers/contain-lines.ts';
import { matchers, type MatcherContext, type MatcherResult } from './matchers/matchers.ts';

type Matchers = typeof matchers;

/** Of a matcher that waits, a promise. */
type Outcome<Result> = Result extends Promise<unknown> ? Promise<void> : undefined;

/** The function of a matcher: what was `expect(received).name(...args)` is `name(received, ...args)`. */
export type Verify = {
  readonly [Name in Exclude<keyof Matchers, 'toContainLines'>]: (
    ...args: Parameters<Matchers[Name]>
  ) => Outcome<ReturnType<Matchers[Name]>>;
} & {
  readonly toContainLines: {
    (received: Lines, lines: readonly LinePattern[]): void;
    (received: Lines, lines: readonly LinePattern[], waiting: Waiting): Promise<void>;
  };
};

/** Each throws an AssertionError, or rejects with one, when it does not hold; those of `not` when it does. */
export const verify: Verify & { readonly not: Verify } = { ...functions(false), not: functions(true) };

function functions(isNot: boolean): Verify {
  const wrapped = Object.entries(matchers).map(([name, matcher]) => {
    const call = matcher as (
      this: MatcherContext,
      ...args: unknown[]
    ) => MatcherResult | Promise<MatcherResult>;
    const verified = (...args: unknown[]): unknown => {
      const outcome = call.apply({ isNot }, args);
      if ('pass' in outcome) {
        judge(outcome, isNot);
        return;
      }
      return outcome.then((settled) => judge(settled, isNot));
    };
    return [name, verified] as const;
  });
  return Object.fromEntries(wrapped) as unknown as Verify;
}

function judge({ pass, message }: MatcherResult, isNot: boolean): undefined {
  if (pass !== isNot) return undefined;
  throw new AssertionError({ message: message() });
}
