import type { ManifestNode } from './manifest-node.ts';
import type { Problems } from './problems.ts';

/** Source: cloud_controller_ng manifest_features_update_message.rb. */
const FEATURES = ['ssh', 'revisions', 'service-binding-k8s', 'file-based-vcap-services'];

const COMPLAINT =
  'Features must be a map of valid feature names to booleans (true = enabled, false = disabled)';

/** Source: cloud_controller_ng app_feature_update.rb. */
const CONFLICT =
  "'file-based-vcap-services' and 'service-binding-k8s' features cannot be enabled at the same time.";

/** Reads `features:`. */
export function readFeatures(value: ManifestNode, problems: Problems): Readonly<Record<string, boolean>> {
  if (value.kind !== 'map' || value.entries.length === 0) {
    problems.add(value.at, COMPLAINT);
    return {};
  }
  const wrong = value.entries.find(({ key, value: flag }) => {
    return !FEATURES.includes(key.text) || flag.kind !== 'scalar' || flag.type !== 'bool';
  });
  if (wrong) problems.add(wrong.key.at, COMPLAINT);
  const features = value.entries.map(({ key, value: flag }): [string, boolean] => {
    return [key.text, flag.kind === 'scalar' && flag.text === 'true'];
  });
  const enabled = features.filter(([, on]) => on).map(([name]) => name);
  if (enabled.includes('file-based-vcap-services') && enabled.includes('service-binding-k8s')) {
    problems.add(value.at, CONFLICT);
  }
  return Object.fromEntries(features);
}
