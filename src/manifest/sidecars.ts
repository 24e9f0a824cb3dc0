import { CfstageError } from '../errors.ts';
import { parseByteSize, toMegabytes } from './byte-size.ts';
import { fieldsOf, isBlank, mapsOf, type Fields } from './fields.ts';
import type { AppManifest, SidecarManifest } from './manifest.ts';
import { isNull, isString, type ManifestNode, type MapNode } from './manifest-node.ts';
import { locate, type Problems } from './problems.ts';

/** Keys of a sidecar item; they must be spelt so, unlike those of an app. */
export const SIDECAR_KEYS = ['name', 'command', 'process_types', 'memory'] as const;

/** Reads `sidecars:`. Source: cloud_controller_ng sidecar_create_message.rb, sidecar_model.rb. */
export function readSidecars(value: ManifestNode, problems: Problems): readonly SidecarManifest[] {
  const items = mapsOf(value, 'Sidecars must be an array of sidecar configurations', problems);
  const names = new Set<string>();
  return items.map((item) => {
    const sidecar = readSidecar(item, problems);
    if (sidecar.name !== '' && names.has(sidecar.name)) {
      problems.add(item.at, `Sidecar with name '${sidecar.name}' already exists for given app`);
    }
    names.add(sidecar.name);
    return sidecar;
  });
}

type Complain = (at: ManifestNode['at'], message: string) => void;

function readSidecar(item: MapNode, problems: Problems): SidecarManifest {
  const fields = fieldsOf(item);
  const nameNode = fields.get('name')?.value;
  const name = nameNode?.kind === 'scalar' ? nameNode.text : '';
  const complain: Complain = (at, message) => {
    problems.add(at, isBlank(name) ? `Sidecar ${message.toLowerCase()}` : `Sidecar "${name}": ${message}`);
  };
  requireText(fields, item, { key: 'name', label: 'Name', max: 255 }, complain);
  requireText(fields, item, { key: 'command', label: 'Command', max: 4096 }, complain);
  const command = fields.get('command')?.value;
  const memoryMb = readMemory(fields, complain);
  return {
    name,
    command: command?.kind === 'scalar' ? command.text : '',
    processTypes: readProcessTypes(fields, item, complain),
    ...(memoryMb !== undefined && { memoryMb }),
    origin: locate(problems.file, item.at),
  };
}

interface TextRule {
  readonly key: string;
  readonly label: string;
  readonly max: number;
}

function requireText(fields: Fields, item: MapNode, rule: TextRule, complain: Complain): void {
  const value = fields.get(rule.key)?.value;
  for (const complaint of textComplaints(value, rule))
    complain(value?.at ?? item.at, `${rule.label} ${complaint}`);
}

function textComplaints(value: ManifestNode | undefined, { max }: TextRule): readonly string[] {
  const isText = value !== undefined && isString(value);
  return [
    ...(value === undefined || isEmpty(value) ? ["can't be blank"] : []),
    ...(isText ? [] : ['must be a string']),
    ...(isText && value.text.length > max ? [`is too long (maximum is ${max} characters)`] : []),
  ];
}

/** What Ruby on Rails calls blank: nothing, white space, an empty list or map. */
function isEmpty(value: ManifestNode): boolean {
  if (value.kind === 'list') return value.items.length === 0;
  return value.kind === 'map' ? value.entries.length === 0 : isBlank(value.text);
}

function readProcessTypes(fields: Fields, item: MapNode, complain: Complain): readonly string[] {
  const value = fields.get('process_types')?.value;
  const at = value?.at ?? item.at;
  if (value?.kind !== 'list') complain(at, 'Process types must be an array');
  if (value === undefined || isEmpty(value)) complain(at, 'Process types must have at least 1 process_type');
  return value?.kind === 'list' ? distinctTypes(value.items, complain) : [];
}

function distinctTypes(items: readonly ManifestNode[], complain: Complain): readonly string[] {
  const types = new Set<string>();
  for (const item of items) {
    const type = item.kind === 'scalar' ? item.text : '';
    if (type === '') complain(item.at, 'Process types must be strings');
    else if (type.length > 255) complain(item.at, 'Process type is too long (maximum is 255 characters)');
    else if (types.has(type)) complain(item.at, `Sidecar is already associated with process type ${type}`);
    types.add(type);
  }
  return [...types];
}

/** Unlike that of a process, a number without a unit is taken as MB. */
function readMemory(fields: Fields, complain: Complain): number | undefined {
  const value = fields.get('memory')?.value;
  if (value === undefined || isNull(value)) return undefined;
  const text = value.kind === 'scalar' ? value.text : 'a list or map';
  if (text === '') return undefined;
  const size = parseByteSize(text);
  const memoryMb = 'bytes' in size ? toMegabytes(size.bytes) : Number(text);
  if (Number.isNaN(memoryMb) || isBlank(text)) complain(value.at, 'Memory in mb is not a number');
  else if (!Number.isInteger(memoryMb)) complain(value.at, 'Memory in mb must be an integer');
  else if (memoryMb <= 0) complain(value.at, 'Memory in mb must be greater than 0');
  return memoryMb;
}

/**
 * Sidecars must leave their process some memory: all those of one process type together strictly less than it has.
 * Checked after the flags are applied. Source: sidecar_memory_less_than_process_memory_policy.rb.
 * @throws CfstageError MANIFEST_INVALID
 */
export function checkSidecarMemory(app: AppManifest): void {
  const complaints = app.processes.flatMap(({ type, memoryMb }) => {
    let used = 0;
    const tipping = app.sidecars.find((sidecar) => {
      if (sidecar.memoryMb === undefined || !sidecar.processTypes.includes(type)) return false;
      used += sidecar.memoryMb;
      return used >= memoryMb;
    });
    if (tipping === undefined) return [];
    const place = tipping.origin === undefined ? '' : `${tipping.origin}: `;
    return [
      `${place}For application '${app.name}': The memory allocation defined is too large to run with the dependent "${type}" process`,
    ];
  });
  if (complaints.length === 0) return;
  throw new CfstageError('MANIFEST_INVALID', complaints.join('\n'), {
    hint: 'Give the process more memory than all of its sidecars together, or the sidecars less.',
  });
}
