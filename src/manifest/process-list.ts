import { fieldsOf, isBlank, mapsOf, underscore, valueOf, type Fields } from './fields.ts';
import { defaultProcess, type ProcessManifest } from './manifest.ts';
import type { ManifestNode, MapNode } from './manifest-node.ts';
import { PROCESS_KEYS, readProcess, readSizes } from './process-fields.ts';
import type { Problems } from './problems.ts';

const WEB = 'web';

/**
 * All processes of an app, web first. Process keys of the app itself mean web, and count for nothing but the form of
 * their sizes when `processes` has a web item. Source: app_manifest_message.rb#process_attributes.
 */
export function readProcesses(app: MapNode, problems: Problems): readonly ProcessManifest[] {
  const appFields = fieldsOf(app, underscore);
  const items = readItems(appFields.get('processes')?.value, problems);
  const processes = items.map(({ type, fields }) => {
    return readProcess(type, fields, 'process', problems.within(`Process "${type}": `));
  });
  const web = processes.find(({ type }) => type === WEB);
  const withinWeb = problems.within(`Process "${WEB}": `);
  checkDiskKeys(app, withinWeb);
  if (web !== undefined) readSizes(appFields, defaultProcess(WEB), 'app', withinWeb);
  const others = processes.filter(({ type }) => type !== WEB);
  return [web ?? readProcess(WEB, webFields(appFields), 'app', withinWeb), ...others];
}

function webFields(app: Fields): Fields {
  return new Map([...app].filter(([key]) => (PROCESS_KEYS as readonly string[]).includes(key)));
}

/** The one key whose two spellings the cf CLI refuses side by side. Source: util/manifestparser. */
function checkDiskKeys(map: MapNode, problems: Problems): void {
  const keys = map.entries.map(({ key }) => key).filter(({ text }) => underscore(text) === 'disk_quota');
  if (keys[1]) problems.add(keys[1].at, 'cannot define both `disk_quota` and `disk-quota`');
}

interface ProcessItem {
  readonly type: string;
  readonly fields: Fields;
}

function readItems(value: ManifestNode | undefined, problems: Problems): readonly ProcessItem[] {
  if (value === undefined) return [];
  const maps = mapsOf(value, 'Processes must be an array of process configurations', problems);
  const items = new Map<string, ProcessItem>();
  let untyped = false;
  for (const map of maps) {
    const fields = fieldsOf(map, underscore);
    const typeNode = valueOf(fields, 'type');
    const type = typeNode?.kind === 'scalar' ? typeNode.text : '';
    if (isBlank(type)) {
      if (!untyped) problems.add(map.at, 'All Processes must specify a type');
      untyped = true;
    } else if (items.has(type)) {
      problems.add(map.at, `Process "${type}" may only be present once`);
    }
    items.set(type, { type, fields });
    checkDiskKeys(map, problems.within(`Process "${type}": `));
  }
  items.delete('');
  return [...items.values()];
}
