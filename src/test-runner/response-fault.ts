import { isDeepStrictEqual } from 'node:util';
import type { Expectation } from '../spec/expect-schema.ts';
import { excerpt, ExpectationFailure, holds, written } from './expectation-failure.ts';
import type { Answer } from './scenario-state.ts';

/** What is wrong with an answer; undefined when nothing is. */
export function responseFault(
  wanted: NonNullable<Expectation['response']>,
  { status, headers, body }: Answer,
): ExpectationFailure | undefined {
  if (status !== wanted.status)
    return new ExpectationFailure(`The answer has the status ${status}, not ${wanted.status}`, excerpt(body));
  for (const [name, value] of Object.entries(wanted.headers ?? {})) {
    const found = headers.get(name);
    if (found === null)
      return new ExpectationFailure(`The answer has no header ${name}`, headerNames(headers));
    if (!holds(found, value))
      return new ExpectationFailure(`The header ${name} is not ${written(value)}`, found);
  }
  for (const pattern of wanted.body ?? [])
    if (!holds(body, pattern))
      return new ExpectationFailure(`The answer does not hold ${written(pattern)}`, excerpt(body));
  return wanted.json === undefined ? undefined : jsonFault(wanted.json, body);
}

function jsonFault(wanted: unknown, body: string): ExpectationFailure | undefined {
  let found: unknown;
  try {
    found = JSON.parse(body);
  } catch {
    return new ExpectationFailure('The answer is not JSON', excerpt(body));
  }
  const path = difference(wanted, found, '');
  if (path === undefined) return undefined;
  return new ExpectationFailure(`The JSON differs at ${path === '' ? 'its top' : path}`, excerpt(body));
}

/** Where a value lacks something that is wanted of it; undefined when it has it all. Lists have to be whole. */
function difference(wanted: unknown, found: unknown, path: string): string | undefined {
  if (!isMap(wanted) || !isMap(found)) return isDeepStrictEqual(wanted, found) ? undefined : path;
  for (const [key, value] of Object.entries(wanted)) {
    const inside = difference(value, found[key], path === '' ? key : `${path}.${key}`);
    if (inside !== undefined) return inside;
  }
  return undefined;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function headerNames(headers: Headers): string {
  return `It has ${[...headers.keys()].join(', ')}.`;
}
