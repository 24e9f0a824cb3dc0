import type { ServiceBinding } from './service-instance.ts';
import { bindingAttributes } from './vcap-services.ts';

/** Path below /etc/cf-service-bindings → text. */
export type BindingFiles = Readonly<Record<string, string>>;

/** Bytes of all paths and texts together. Source: service_binding_files_builder.rb, `MAX_ALLOWED_BYTESIZE`. */
const MAX_BYTES = 1_000_000;

const BINDING_NAME = /^[a-z0-9\-.]{1,253}$/;
const FILE_NAME = /^[a-z0-9\-._]{1,253}$/;

/** Why bindings cannot be files, in Cloud Controller's words. */
export class IncompatibleBindings extends Error {}

/** The files of the app feature `file-based-vcap-services`. Raises IncompatibleBindings. */
export function vcapServicesFile(vcapServices: string): BindingFiles {
  const files = new FileList();
  files.add('vcap_services', vcapServices);
  return files.finish();
}

/**
 * The files of the app feature `service-binding-k8s`, one directory a binding: credentials, then the attributes, which
 * replace credentials of the same name. Source: cloud_controller_ng service_binding_files_builder.rb.
 * Raises IncompatibleBindings.
 */
export function bindingFiles(bindings: readonly ServiceBinding[]): BindingFiles {
  const files = new FileList();
  const names = new Set<string>();
  for (const { name, credentials, ...attributes } of bindings.map(bindingAttributes)) {
    if (!BINDING_NAME.test(name) || isDots(name)) {
      throw new IncompatibleBindings(
        `Invalid binding name: '${name}'. Name must match ${String(BINDING_NAME)}`,
      );
    }
    if (names.has(name)) throw new IncompatibleBindings(`Duplicate binding name: ${name}`);
    names.add(name);
    const { label } = attributes;
    for (const [key, value] of [
      ...Object.entries(credentials),
      ...Object.entries({ name, ...attributes }),
      ...Object.entries({ type: label, provider: label }),
    ]) {
      if (!FILE_NAME.test(key) || isDots(key)) throw new IncompatibleBindings(`Invalid file name: ${key}`);
      const text = fileText(value);
      if (text !== undefined) files.add(`${name}/${key}`, text);
    }
  }
  return files.finish();
}

class FileList {
  readonly #files = new Map<string, string>();
  #bytes = 0;

  /** What is replaced counts as well. */
  add(path: string, text: string): void {
    this.#files.set(path, text);
    this.#bytes += byteLength(path) + byteLength(text);
  }

  finish(): BindingFiles {
    if (this.#bytes <= MAX_BYTES) return Object.fromEntries(this.#files);
    throw new IncompatibleBindings(
      `Bindings exceed the maximum allowed bytesize of ${MAX_BYTES}: ${this.#bytes}`,
    );
  }
}

/** Undefined: no file is written. */
function fileText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return undefined;
  return typeof value === 'object' && Object.keys(value).length === 0 ? undefined : JSON.stringify(value);
}

/** Cloud Controller's patterns allow these two, which no file system does. */
function isDots(name: string): boolean {
  return name === '.' || name === '..';
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
