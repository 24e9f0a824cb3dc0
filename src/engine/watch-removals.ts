import type { Container, Engine } from './engine.ts';

/** Whether a container that is about to be removed shall go. `labels` say whose it is and what for. */
export type BeforeRemoval = (
  container: Container,
  labels: Readonly<Record<string, string>>,
) => Promise<'remove' | 'keep'>;

/** The engine, but before a container that it made is removed, somebody may look at it, or keep it. */
export function watchRemovals(engine: Engine, before: BeforeRemoval): Engine {
  return overriding(engine, {
    createContainer: async (spec, labels, signal) =>
      watched(await engine.createContainer(spec, labels, signal), labels, before),
  });
}

function watched(
  container: Container,
  labels: Readonly<Record<string, string>>,
  before: BeforeRemoval,
): Container {
  let removal: Promise<void> | undefined;
  const once = async () => {
    const answer = await before(container, labels).catch(() => 'remove' as const);
    if (answer === 'keep') container.release();
    else await container.remove();
  };
  const remove = async () => {
    removal ??= once();
    await removal;
  };
  return overriding(container, { remove, [Symbol.asyncDispose]: remove });
}

function overriding<T extends object>(target: T, own: Partial<T>): T {
  return new Proxy(target, {
    get: (_, key) => {
      if (key in own) return Reflect.get(own, key) as unknown;
      const value: unknown = Reflect.get(target, key, target);
      // Methods of a class with private fields need the class's own `this`.
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
