import type { PushRequest } from './request.ts';

/** What `cfstage watch` is asked: a push, and what of it to keep. */
export interface WatchRequest extends PushRequest {
  /** Leave the staging container with its snapshots when the watch ends. */
  readonly keepSnapshots: boolean;
  /** Paths in the staging container that are kept between stagings, whatever is redone. See `requirePersistable`. */
  readonly persist: readonly string[];
}

/** A file or directory whose changes matter to a watched app. Paths are absolute. */
export type WatchedRoot =
  /** `key` is the buildpack as the manifest writes it. */
  | { readonly kind: 'buildpack'; readonly path: string; readonly key: string }
  /** A directory, without what its .cfignore leaves out; or an archive. */
  | { readonly kind: 'app'; readonly path: string }
  /** May not exist (yet). */
  | { readonly kind: 'manifest' | 'vars' | 'services' | 'ca-cert'; readonly path: string };
