import { bindServices } from '../../../src/services/bind-services.ts';
import { parseServices } from '../../../src/services/parse-services.ts';
import type { ServiceBinding, ServiceInstance } from '../../../src/services/service-instance.ts';
import { parseApp } from '../manifest/manifest-text.ts';

export function instancesOf(text: string): readonly ServiceInstance[] {
  return parseServices({ text, file: 's.yml' }).instances;
}

/** Binds an app that names these services, in YAML, to the instances of a services file. */
export function bindingsOf(services: string, file: string): readonly ServiceBinding[] {
  const known = { instances: instancesOf(file), file: 's.yml' };
  return bindServices(parseApp(`services: ${services}`), known, (text) => `<${text}>`);
}

/** What the act fails with; empty when it does not. */
export function complaintOf(act: () => unknown): string {
  try {
    act();
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}
