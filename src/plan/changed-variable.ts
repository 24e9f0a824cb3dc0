import type { Environment } from '../lifecycle/environment.ts';

/** Fields of VCAP_APPLICATION that differ from one staging to the next, or that a foundation does not restage for. */
const NO_REASON = new Set(['application_uris', 'uris', 'version', 'application_version']);

/** The first variable of a staging's environment that another staging has otherwise. */
export function changedVariable(before: Environment, after: Environment): string | undefined {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].sort().find((name) => meaning(name, before[name]) !== meaning(name, after[name]));
}

/** What of a variable's value matters. */
export function meaning(name: string, value: string | undefined): string | undefined {
  if (name !== 'VCAP_APPLICATION' || value === undefined) return value;
  try {
    return JSON.stringify(JSON.parse(value), (key, field: unknown) =>
      NO_REASON.has(key) ? undefined : field,
    );
  } catch {
    // The user's own.
    return value;
  }
}
