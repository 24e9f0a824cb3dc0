import { depsIndex } from '../lifecycle/deps-index.ts';
import { ignoredLaunchYmlWarnings } from '../lifecycle/launch-yml-lookup.ts';
import type { Finding } from './finding.ts';
import { launchYmlWrites } from './launch-yml-writes.ts';
import type { LintSubject } from './subject.ts';

/** A launch.yml that the builder never reads in this order: processes and sidecars in it do not exist for the platform. */
export function launchYmlIgnored({ buildpacks, order }: LintSubject): Finding[] {
  if (order === undefined) return [];
  const { length, skipDetect } = order;
  return buildpacks.flatMap((buildpack, i): Finding[] => {
    const { candidate } = buildpack;
    if (!skipDetect && ('malformed' in candidate || candidate.scripts.detect === 'missing')) return [];
    const [write] = launchYmlWrites(buildpack);
    if (write === undefined) return [];
    const index = skipDetect ? depsIndex(i, length - 1) : '0';
    return ignoredLaunchYmlWarnings(order, [`${index}/launch.yml`]).map((why) => ({
      rule: 'launch-yml-ignored',
      severity: write.certain ? 'error' : 'warning',
      file: write.file,
      line: write.line,
      why,
      advice: skipDetect
        ? 'Keep an order below ten buildpacks, or declare the sidecars in the manifest of the app.'
        : 'Name this buildpack in the manifest, or declare the sidecars there and the start command in bin/release.',
    }));
  });
}
