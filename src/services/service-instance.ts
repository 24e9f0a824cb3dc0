/** Label of instances that no broker made. Source: cloud_controller_ng user_provided_service_instance presenters. */
export const USER_PROVIDED = 'user-provided';

/** How cfstage runs a service itself: a container from an image. */
export interface BackingService {
  /** As an engine names it, e.g. `postgres:16`. */
  readonly image: string;
  readonly env: Readonly<Record<string, string>>;
  /** Where it listens in its container. */
  readonly port: number;
  /** Arguments in the place of the image's own; absent: the image's. */
  readonly command?: readonly string[];
  /** Time that it has until it accepts connections. */
  readonly timeoutSeconds: number;
}

/** One service instance of a services file, with what a binding to it hands to an app. */
export interface ServiceInstance {
  readonly name: string;
  /** The broker's offering, or `user-provided`. */
  readonly label: string;
  readonly plan: string | null;
  readonly provider: string | null;
  readonly tags: readonly string[];
  readonly credentials: Readonly<Record<string, unknown>>;
  readonly syslogDrainUrl: string | null;
  readonly volumeMounts: readonly Readonly<Record<string, unknown>>[];
  /** Absent for a service that runs elsewhere, or nowhere. */
  readonly backing?: BackingService;
}

/** An instance whose service cfstage runs. */
export type BackedInstance = ServiceInstance & { readonly backing: BackingService };

export function isBacked(instance: ServiceInstance): instance is BackedInstance {
  return instance.backing !== undefined;
}

/** An instance as one app is bound to it. Both guids are the same every time. */
export interface ServiceBinding {
  readonly instance: ServiceInstance;
  readonly instanceGuid: string;
  readonly bindingGuid: string;
  /** Null: the binding has no name of its own. */
  readonly bindingName: string | null;
}
