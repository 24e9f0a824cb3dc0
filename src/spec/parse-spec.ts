import { fieldsOf } from '../manifest/fields.ts';
import { lookUp, plainValue, type ManifestNode, type MapNode } from '../manifest/manifest-node.ts';
import { parseYaml, type YamlSource } from '../manifest/parse-yaml.ts';
import { Problems } from '../manifest/problems.ts';
import { combinations, hasValues, withValues, type MatrixValues } from './expand-matrix.ts';
import { fileReferences } from './file-references.ts';
import { scenario as scenarioSchema, specFile } from './scenario-schema.ts';
import { addFaults, faultWords } from './schema-faults.ts';
import { expects, readSteps } from './read-steps.ts';
import type { Scenario } from './spec.ts';
import { nodeAt, SPEC_YAML } from './spec-yaml.ts';

export const SPEC_HINT = 'Mend the places named; docs/test-specs.md has every key.';

/**
 * Reads a `*.cfstage.yml`: every scenario of it, once for each combination of its matrix. Raises SPEC_INVALID with all
 * faults at once, each with file:line:column.
 */
export function parseSpec(source: YamlSource): readonly Scenario[] {
  const { root } = parseYaml(source, 'SPEC_INVALID', SPEC_YAML);
  const problems = new Problems(source.file);
  const whole = specFile.safeParse(plainValue(root), { error: faultWords });
  if (!whole.success) {
    // What a matrix puts in is checked when it is in.
    const final = whole.error.issues.filter(({ path }) => !hasValues(nodeAt(root, path)));
    addFaults(final, root, problems);
  }
  problems.raise('SPEC_INVALID', SPEC_HINT);
  const scenarios = scenarioNodes(root).flatMap((node) =>
    combinations(node, problems).map((values) => readScenario(node, values, source.file, problems)),
  );
  refuseTwins(scenarios, problems);
  problems.raise('SPEC_INVALID', SPEC_HINT);
  return scenarios.filter((one) => one !== undefined);
}

/** Each scenario with the settings of its file: what it says itself comes first, of `env` name by name. */
function scenarioNodes(root: ManifestNode): readonly MapNode[] {
  if (root.kind !== 'map') return [];
  const shared = root.entries.filter(({ key }) => key.text !== 'scenarios');
  const list = lookUp(root, 'scenarios');
  const items = list?.kind === 'list' ? list.items.filter((item) => item.kind === 'map') : [];
  return items.map((item) => mergeMaps(item, shared));
}

function mergeMaps(own: MapNode, shared: MapNode['entries']): MapNode {
  const fields = fieldsOf(own);
  const missing = shared.filter(({ key }) => !fields.has(key.text));
  const entries = own.entries.map(({ key, value }) => {
    const other = key.text === 'env' ? shared.find((one) => one.key.text === 'env')?.value : undefined;
    const both = value.kind === 'map' && other?.kind === 'map';
    return { key, value: both ? mergeMaps(value, other.entries) : value };
  });
  return { ...own, entries: [...entries, ...missing] };
}

function readScenario(
  node: MapNode,
  matrix: MatrixValues,
  file: string,
  problems: Problems,
): Scenario | undefined {
  const filled = withValues(node, matrix, problems);
  const parsed = scenarioSchema.safeParse(plainValue(filled), { error: faultWords });
  if (!parsed.success) {
    addFaults(parsed.error.issues, filled, problems);
    return undefined;
  }
  const { steps, ...settings } = parsed.data;
  if (settings.app === undefined && settings.manifest === undefined)
    problems.add(node.at, "a scenario needs an 'app', or a 'manifest' that says its path");
  const read = readSteps(steps, lookUp(filled, 'steps'));
  if ((settings.proxy ?? 'none') === 'none')
    for (const { at } of read.filter((step) => expects(step, 'proxied')))
      problems.add(at, "'proxied' needs a proxy: say 'proxy: http' or 'proxy: https' of the scenario");
  return {
    name: settings.name,
    file,
    at: node.at,
    matrix,
    settings,
    steps: read,
    references: fileReferences(filled),
  };
}

function refuseTwins(scenarios: readonly (Scenario | undefined)[], problems: Problems): void {
  const seen = new Set<string>();
  for (const scenario of scenarios) {
    if (scenario === undefined) continue;
    if (seen.has(scenario.name)) problems.add(scenario.at, `the scenario '${scenario.name}' is given twice`);
    seen.add(scenario.name);
  }
}
