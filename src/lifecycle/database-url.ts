import { parseGoUrl } from './go-url.ts';

/** Schemes of relational databases and the names that Rails gives their adapters. Source: databaseuri.go, `Uri`. */
const ADAPTERS: ReadonlyMap<string, string> = new Map([
  ['mysql', 'mysql2'],
  ['mysql2', 'mysql2'],
  ['postgres', 'postgres'],
  ['postgresql', 'postgres'],
]);

/**
 * DATABASE_URL for a VCAP_SERVICES text: the first binding, in its order, whose `credentials.uri` names a relational
 * database; undefined without one or when the text does not have the shape. (In Go the order of the labels is random.)
 * Source: buildpackapplifecycle databaseuri/databaseuri.go.
 */
export function databaseUrl(vcapServices: string): string | undefined {
  for (const uri of credentialUris(vcapServices)) {
    const url = parseGoUrl(uri);
    if ('error' in url) continue;
    const adapter = ADAPTERS.get(url.scheme);
    if (adapter === undefined) continue;
    const fragment = /#.+$/s.exec(uri)?.[0] ?? '';
    return `${adapter}${url.rest}${fragment}`;
  }
  return undefined;
}

/** Empty unless the whole text has the shape that Go decodes it into; keys match without regard to case, as in Go. */
function credentialUris(vcapServices: string): string[] {
  const services = fieldsOf(parseJson(vcapServices));
  const uris: string[] = [];
  for (const list of Object.values(services ?? {})) {
    if (!Array.isArray(list) && list !== null) return [];
    for (const binding of (list ?? []) as unknown[]) {
      const uri = credentialUri(binding);
      if (uri === undefined) return [];
      if (uri !== '') uris.push(uri);
    }
  }
  return uris;
}

function credentialUri(binding: unknown): string | undefined {
  const bindingFields = fieldsOf(binding);
  const credentials = bindingFields && fieldsOf(goField(bindingFields, 'credentials'));
  const uri = credentials && (goField(credentials, 'uri') ?? '');
  return typeof uri === 'string' ? uri : undefined;
}

/** null decodes to an empty struct; undefined means that the value does not fit one. */
function fieldsOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (value === null) return {};
  return typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
}

function goField(fields: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.entries(fields).findLast(([key]) => key.toLowerCase() === name)?.[1] ?? null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
