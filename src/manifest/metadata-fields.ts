import type { Metadata } from './manifest.ts';
import { isNull, lookUp, type ManifestNode, type MapEntry } from './manifest-node.ts';
import type { Problems } from './problems.ts';

/** Longest part of a label or annotation key and of a label. Source: cloud_controller_ng metadata_validator_helper.rb. */
const MAX_KEY = 63;
const MAX_ANNOTATION = 5000;

type Kind = 'label' | 'annotation';

/** Reads `metadata:`. */
export function readMetadata(value: ManifestNode, problems: Problems): Metadata | undefined {
  if (isNull(value)) return undefined;
  if (value.kind !== 'map') {
    problems.add(value.at, 'Metadata must be an object');
    return undefined;
  }
  const unexpected = value.entries.filter(({ key }) => key.text !== 'labels' && key.text !== 'annotations');
  const [first] = unexpected;
  if (first) {
    const names = unexpected.map(({ key }) => `'${key.text}'`).join(' ');
    problems.add(first.key.at, `Metadata has unexpected field(s): ${names}`);
  }
  return {
    labels: readPairs('label', lookUp(value, 'labels'), problems),
    annotations: readPairs('annotation', lookUp(value, 'annotations'), problems),
  };
}

function readPairs(kind: Kind, value: ManifestNode | undefined, problems: Problems): Record<string, string> {
  if (value === undefined || isNull(value)) return {};
  if (value.kind !== 'map') {
    problems.add(value.at, `Metadata '${kind}s' is not an object`);
    return {};
  }
  return Object.fromEntries(value.entries.map((entry) => readPair(kind, entry, problems)));
}

function readPair(kind: Kind, { key, value }: MapEntry, problems: Problems): [string, string] {
  const text = value.kind === 'scalar' ? value.text : '';
  const name = key.text.slice(key.text.indexOf('/') + 1);
  const keyFault = name === '' ? 'key cannot be empty string' : wordFault(name);
  const valueFault = kind === 'label' ? wordFault(text) : lengthFault(text, MAX_ANNOTATION);
  if (keyFault) problems.add(key.at, `Metadata ${kind} key error: ${keyFault}`);
  if (valueFault) problems.add(value.at, `Metadata ${kind} value error: ${valueFault}`);
  return [key.text, text];
}

function lengthFault(text: string, max: number): string | undefined {
  return text.length > max ? `'${text.slice(0, 8)}...' is greater than ${max} characters` : undefined;
}

function wordFault(text: string): string | undefined {
  if (/[^\w.-]/.test(text)) return `'${text}' contains invalid characters`;
  if (/^[^A-Za-z0-9]|[^A-Za-z0-9]$/.test(text)) return `'${text}' starts or ends with invalid characters`;
  return lengthFault(text, MAX_KEY);
}
