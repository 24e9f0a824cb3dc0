import type { KeyObject } from 'node:crypto';
import type { Home } from '../host/home.ts';
import {
  issueCredentials,
  newIdentityKey,
  openAuthority,
  type IdentityAuthority,
} from '../host/identity-authority.ts';
import type { IssueCredentials } from '../lifecycle/instance-credentials.ts';
import type { AppFacts } from '../lifecycle/vcap-application.ts';

/** The key of a container to come, in the making, and who will sign for it. */
export interface PendingIdentity {
  readonly key: Promise<KeyObject>;
  readonly authority: Promise<IdentityAuthority>;
}

/** Begins to make them. What goes wrong is told where credentials are issued. */
export function beginIdentity(home: Home): PendingIdentity {
  const pending = { key: newIdentityKey(), authority: openAuthority(home) };
  pending.key.catch(() => undefined);
  pending.authority.catch(() => undefined);
  return pending;
}

/** The credentials of the container with this guid. */
export function issuerFor(
  { key, authority }: PendingIdentity,
  guid: string,
  { guid: appGuid, spaceGuid, organizationGuid }: AppFacts,
): IssueCredentials {
  return async (address) =>
    issueCredentials(await authority, { guid, address, organizationGuid, spaceGuid, appGuid }, await key);
}
