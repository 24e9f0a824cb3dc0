import { CfstageError } from '../errors.ts';
import type { ServiceDelivery } from '../lifecycle/service-delivery.ts';
import { bindingFiles, IncompatibleBindings, vcapServicesFile, type BindingFiles } from './binding-files.ts';
import type { ServiceBinding } from './service-instance.ts';
import { vcapServices } from './vcap-services.ts';

/** How an app is given its bindings: by its environment, or by files. */
export interface DeliveredServices {
  readonly delivery: ServiceDelivery;
  readonly files: BindingFiles;
}

/** Cloud Controller's words for what gets the files. */
export type ServiceReceiver = 'app' | 'staging task' | 'app task';

/**
 * Chooses by the app's features. `receiver` stands in the error. Raises SERVICES_INVALID. Source: cloud_controller_ng
 * system_env_presenter.rb, service_binding_files_builder.rb.
 */
export function deliverServices(
  bindings: readonly ServiceBinding[],
  features: Readonly<Record<string, boolean>>,
  receiver: ServiceReceiver,
): DeliveredServices {
  const text = vcapServices(bindings);
  const kind = deliveryKind(features);
  return { delivery: { kind, vcapServices: text }, files: filesOf(kind, bindings, text, receiver) };
}

function deliveryKind(features: Readonly<Record<string, boolean>>): ServiceDelivery['kind'] {
  if (features['service-binding-k8s'] === true) return 'service-binding-k8s';
  return features['file-based-vcap-services'] === true ? 'file-based-vcap-services' : 'env';
}

function filesOf(
  kind: ServiceDelivery['kind'],
  bindings: readonly ServiceBinding[],
  text: string,
  receiver: string,
): BindingFiles {
  if (kind === 'env') return {};
  try {
    return kind === 'service-binding-k8s' ? bindingFiles(bindings) : vcapServicesFile(text);
  } catch (error) {
    if (!(error instanceof IncompatibleBindings)) throw error;
    throw new CfstageError(
      'SERVICES_INVALID',
      `Cannot build service binding files for ${receiver} - ${error.message}`,
      {
        hint: "Give the binding a binding_name that fits, mend its credentials, or turn the app's feature off.",
        cause: error,
      },
    );
  }
}
