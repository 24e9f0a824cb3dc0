import type * as z from 'zod';
import type { ManifestNode } from '../manifest/manifest-node.ts';
import type { Expectation } from './expect-schema.ts';
import type { Step } from './spec.ts';
import { VERBS, type step } from './step-schema.ts';

type Written = z.output<typeof step>;

/** The steps of a scenario in order; what is expected of one is a step of its own after it. */
export function readSteps(written: readonly Written[], node: ManifestNode | undefined): readonly Step[] {
  const items = node?.kind === 'list' ? node.items : [];
  return written.flatMap((one, i) => {
    const item = items[i];
    const at = item?.at ?? { line: 1, column: 1 };
    if (typeof one === 'string') return [{ verb: one, given: null, at, title: one }];
    const keys = item?.kind === 'map' ? item.entries : [];
    const place = (verb: string) => keys.find(({ key }) => key.text === verb)?.key.at ?? at;
    const verb = VERBS.find((name) => name in one);
    const action = verb === undefined ? [] : [{ verb, given: one[verb] }];
    const expected = one.expect === undefined ? [] : [{ verb: 'expect' as const, given: one.expect }];
    // The pairs of verb and value are those that the schema has put together.
    return [...action, ...expected].map(
      (pair) => ({ ...pair, at: place(pair.verb), title: titleOf(pair) }) as Step,
    );
  });
}

/** Whether a step has this expectation. */
export function expects(step: Step, key: keyof Expectation): boolean {
  return step.verb === 'expect' && step.given[key] !== undefined;
}

function titleOf({ verb, given }: { readonly verb: string; readonly given: unknown }): string {
  if (typeof given !== 'object' || given === null) return verb;
  const { method, path, command, name, fails } = given as Readonly<Record<string, unknown>>;
  const details = {
    request: `${text(method) ?? 'GET'} ${text(path) ?? '/'}`,
    exec: text(command),
    signal: text(name),
    expect: Object.keys(given).join(', '),
  }[verb];
  const suffix = fails === undefined || fails === false ? '' : ', which fails';
  return details === undefined ? `${verb}${suffix}` : `${verb} ${details}`;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
