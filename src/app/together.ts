/** Something that may hold what has to be released. */
type Held = unknown;

/**
 * Does several things side by side, each with a signal of its own. When one fails the others are aborted, what they
 * had got is disposed of, and only then the failure is told: nothing goes on behind the caller's back.
 */
export async function together<T extends readonly Held[]>(
  signal: AbortSignal,
  ...tasks: { readonly [K in keyof T]: (signal: AbortSignal) => Promise<T[K]> }
): Promise<T> {
  const failure = new AbortController();
  const shared = AbortSignal.any([signal, failure.signal]);
  let first: { readonly error: unknown } | undefined;
  const settled = await Promise.allSettled(
    tasks.map(async (task) => {
      try {
        return await task(shared);
      } catch (error) {
        first ??= { error };
        failure.abort(error);
        throw error;
      }
    }),
  );
  if (first === undefined)
    return settled.map((result) => (result as PromiseFulfilledResult<Held>).value) as unknown as T;
  await Promise.all(
    settled.map((result) => (result.status === 'fulfilled' ? dispose(result.value) : Promise.resolve())),
  );
  throw first.error;
}

async function dispose(held: Held): Promise<void> {
  if (typeof held === 'object' && held !== null && Symbol.asyncDispose in held) {
    await (held as AsyncDisposable)[Symbol.asyncDispose]();
  }
}

/** Disposes of several things side by side. */
export async function disposeAll(...held: readonly AsyncDisposable[]): Promise<void> {
  await Promise.all(held.map((one) => one[Symbol.asyncDispose]()));
}
