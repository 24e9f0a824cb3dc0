import { USER_PROVIDED, type ServiceBinding } from './service-instance.ts';

/** What an app learns of a binding: attribute → value, in the order of VCAP_SERVICES. */
export type BindingAttributes = Readonly<Record<string, unknown>> & {
  readonly label: string;
  readonly name: string;
  readonly credentials: Readonly<Record<string, unknown>>;
};

/** What of a volume mount an app gets to see. Source: service_binding_presenter.rb, `WHITELISTED_VOLUME_FIELDS`. */
const VOLUME_FIELDS = ['container_dir', 'mode', 'device_type'];

/** Source: cloud_controller_ng app/presenters/system_environment/service_binding_presenter.rb. */
export function bindingAttributes({
  instance,
  instanceGuid,
  bindingGuid,
  bindingName,
}: ServiceBinding): BindingAttributes {
  const { name, label, provider, plan, tags, credentials, syslogDrainUrl, volumeMounts } = instance;
  return {
    label,
    ...(label === USER_PROVIDED ? {} : { provider, plan }),
    name: bindingName === null || bindingName === '' ? name : bindingName,
    tags,
    instance_guid: instanceGuid,
    instance_name: name,
    binding_guid: bindingGuid,
    binding_name: bindingName,
    credentials,
    syslog_drain_url: syslogDrainUrl?.replaceAll(',', '%2c') ?? null,
    volume_mounts: volumeMounts.map((mount) =>
      Object.fromEntries(Object.entries(mount).filter(([key]) => VOLUME_FIELDS.includes(key))),
    ),
  };
}

/** The JSON text of VCAP_SERVICES: label → bindings. Source: system_env_presenter.rb. */
export function vcapServices(bindings: readonly ServiceBinding[]): string {
  const byLabel = new Map<string, BindingAttributes[]>();
  for (const attributes of bindings.map(bindingAttributes)) {
    const others = byLabel.get(attributes.label);
    if (others === undefined) byLabel.set(attributes.label, [attributes]);
    else others.push(attributes);
  }
  return JSON.stringify(Object.fromEntries(byLabel));
}
