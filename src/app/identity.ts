import { createHash, randomUUID } from 'node:crypto';
import type { AppFacts } from '../lifecycle/vcap-application.ts';
import type { AppManifest } from '../manifest/manifest.ts';
import { routeUris } from '../router/route-uris.ts';

/** Names of the one space that cfstage pretends to have. */
export const ORGANIZATION = 'cfstage';
export const SPACE = 'local';
const CF_API = 'https://api.localhost';

/** What Cloud Controller would know of the app. Its guid is the same every time, so that caches and logs belong together. */
export function appFacts(app: AppManifest, domain: string): AppFacts {
  return {
    guid: stableGuid(`app:${app.name}`),
    name: app.name,
    version: randomUUID(),
    uris: routeUris(app, domain, steady(app.name)).map(({ uri }) => uri),
    spaceName: SPACE,
    spaceGuid: stableGuid('space'),
    organizationName: ORGANIZATION,
    organizationGuid: stableGuid('organization'),
    cfApi: CF_API,
  };
}

/** Source: rep auctioncellrep/helpers.go: an instance guid is a UUID cut to 28 characters, for the sake of its CN. */
export function newInstanceGuid(): string {
  return randomUUID().slice(0, 28);
}

/** A UUID (version 8: made from a digest) of a text. */
export function stableGuid(text: string): string {
  const hex = createHash('sha256').update(`cfstage ${text}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Numbers that look random and are the same every time, so that a random route stays the app's. */
function steady(seed: string): () => number {
  let draws = 0;
  return () => {
    draws += 1;
    return createHash('sha256').update(`${seed} ${draws}`).digest().readUInt32BE(0) / 2 ** 32;
  };
}
