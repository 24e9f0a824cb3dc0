/** What a container proves with who it is: PEM of the certificate with that of its authority behind it, and of the key. */
export interface InstanceCredentials {
  readonly certificate: string;
  readonly key: string;
}

/** Issues the credentials of one container once its address is known. */
export type IssueCredentials = (containerIp: string) => Promise<InstanceCredentials>;
