import { SERVICE_BINDINGS_DIR, VCAP_SERVICES_FILE } from './container-paths.ts';
import type { Environment } from './environment.ts';

/**
 * How an app learns of its services: VCAP_SERVICES, the app feature `service-binding-k8s` or
 * `file-based-vcap-services`. `vcapServices` is the JSON text, `{}` when nothing is bound.
 */
export interface ServiceDelivery {
  readonly kind: 'env' | 'service-binding-k8s' | 'file-based-vcap-services';
  readonly vcapServices: string;
}

/** Source: cloud_controller_ng app/presenters/system_environment/system_env_presenter.rb. */
export function serviceVariables({ kind, vcapServices }: ServiceDelivery): Environment {
  switch (kind) {
    case 'env':
      return { VCAP_SERVICES: vcapServices };
    case 'service-binding-k8s':
      return { SERVICE_BINDING_ROOT: SERVICE_BINDINGS_DIR };
    case 'file-based-vcap-services':
      return { VCAP_SERVICES_FILE_PATH: VCAP_SERVICES_FILE };
  }
}
