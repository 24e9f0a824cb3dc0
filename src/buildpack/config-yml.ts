import { decodeYaml } from '../lifecycle/go-yaml.ts';
import { goAny, goMap, goPointer, goString, goStruct } from '../lifecycle/go-yaml-types.ts';
import type { BuildpackMetadata } from '../lifecycle/staging-result.ts';

const CONFIG = goStruct('buildpackapplifecycle.BuildpackConfig', { entrypoint_prefix: goString });

const FIELDS = {
  key: goString,
  name: goString,
  version: goString,
  config: goPointer(CONFIG),
  output_metadata: goMap(goAny, 'map[string]interface {}'),
};

/**
 * What a buildpack's config.yml says of it; `text` undefined means that there is none. The builder ignores its errors
 * and keeps what could be read; a `key` in it replaces the buildpack's. Source: runner.go, `buildpacksMetadata`.
 */
export function buildpackMetadata(key: string, text: string | undefined): BuildpackMetadata {
  const { value } = decodeYaml(
    text ?? '',
    goStruct('buildpackapplifecycle.BuildpackMetadata', FIELDS, { key }),
  );
  return {
    key: value.key,
    name: value.name,
    ...(value.version !== '' && { version: value.version }),
    ...(value.config !== null && { config: withoutEmpty(value.config) }),
    ...(value.output_metadata.size > 0 && { output_metadata: Object.fromEntries(value.output_metadata) }),
  };
}

/** After detection a buildpack without a name of its own goes by what its bin/detect printed. */
export function detectedMetadata(metadata: BuildpackMetadata, detectOutput: string): BuildpackMetadata {
  return metadata.name === '' ? { ...metadata, name: detectOutput.replace(/[\r\n]+$/, '') } : metadata;
}

function withoutEmpty({ entrypoint_prefix }: { entrypoint_prefix: string }) {
  return entrypoint_prefix === '' ? {} : { entrypoint_prefix };
}
