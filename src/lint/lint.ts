import { bakedPaths } from './baked-paths.ts';
import { inReadingOrder, type Finding } from './finding.ts';
import { launchYmlSyntax } from './launch-declarations.ts';
import { launchYmlIgnored } from './launch-yml-ignored.ts';
import { lineEnds } from './line-ends.ts';
import { manifestYml } from './manifest-yml.ts';
import { scriptForm } from './script-form.ts';
import { scriptPresence } from './script-presence.ts';
import { sidecarMemory } from './sidecar-memory.ts';
import { sidecarNames } from './sidecar-names.ts';
import { sidecarPorts } from './sidecar-ports.ts';
import type { LintSubject } from './subject.ts';
import { symlinks } from './symlinks.ts';

const RULES: readonly ((subject: LintSubject) => Finding[])[] = [
  scriptPresence,
  scriptForm,
  lineEnds,
  bakedPaths,
  launchYmlSyntax,
  launchYmlIgnored,
  sidecarNames,
  sidecarPorts,
  sidecarMemory,
  symlinks,
  manifestYml,
];

/** What would bite on a real foundation, as far as it can be told without running anything. */
export function lint(subject: LintSubject): Finding[] {
  return inReadingOrder(RULES.flatMap((rule) => rule(subject)));
}
