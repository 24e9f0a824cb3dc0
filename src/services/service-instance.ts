/** Label of instances that no broker made. Source: cloud_controller_ng user_provided_service_instance presenters. */
export const USER_PROVIDED = 'user-provided';

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
}

/** An instance as one app is bound to it. Both guids are the same every time. */
export interface ServiceBinding {
  readonly instance: ServiceInstance;
  readonly instanceGuid: string;
  readonly bindingGuid: string;
  /** Null: the binding has no name of its own. */
  readonly bindingName: string | null;
}
