import xxhash from 'xxhash-wasm';

/** Names a buildpack's directories: 16 lowercase hex digits, the xxhash64 of its key or URL. */
export type BuildpackHash = (key: string) => string;

/** Loads the hash once; what it gives is pure. Source: buildpackapplifecycle builder_config.go, `BuildpackPath`. */
export async function createBuildpackHash(): Promise<BuildpackHash> {
  const api = await xxhash();
  return (key) => api.h64ToString(key);
}
