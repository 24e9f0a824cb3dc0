/** A module of scripts/setup: plain JavaScript without declarations, because it runs before anything is installed. */
export async function setupModule<T>(name: string): Promise<T> {
  return (await import(new URL(`../../../scripts/setup/${name}.js`, import.meta.url).href)) as T;
}
