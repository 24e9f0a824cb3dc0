import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { changedVariable } from '../../../src/plan/changed-variable.ts';
import { keepBasis, restoreBasis, type Basis, type KeptBasis } from '../../../src/plan/kept-basis.ts';
import { newContainerReason } from '../../../src/plan/new-container.ts';
import { planStaging, type StagingFacts } from '../../../src/plan/plan-staging.ts';
import { STAGING_FACTS } from './plan-facts.ts';

const digest = (text: string) => createHash('sha256').update(text).digest('hex');

function basis(facts: Partial<StagingFacts> = {}, platform = 'certificate', services = 'redis'): Basis {
  const bits = new Map([['a.rb', 'f 644 1 1 1']]);
  return {
    plan: planStaging({ ...STAGING_FACTS, ...facts }),
    inputs: { bits, buildpacks: [bits], cache: 'cache 1', platform, services },
  };
}

/** What another process finds. */
function kept(given: Basis): KeptBasis {
  return JSON.parse(JSON.stringify(keepBasis(given, digest))) as KeptBasis;
}

function restored(now: Basis, was = basis()): Basis {
  const found = restoreBasis(kept(was), now, digest);
  if ('reason' in found) throw new Error(found.reason);
  return found;
}

test('what is the same comes back the same', () => {
  const now = basis();
  expect(restored(now)).toEqual(now);
});

test('a variable that changed is the one that differs, and no value is kept', () => {
  const was = basis({ userEnvironment: { GREETING: 'hello', PASSWORD: 'very-secret' } }, 'private-key');
  const now = basis({ userEnvironment: { GREETING: 'hello', PASSWORD: 'another' } }, 'private-key');
  const found = restored(now, was);
  expect(changedVariable(found.plan.env, now.plan.env)).toBe('PASSWORD');
  expect(JSON.stringify(kept(was))).not.toMatch(/very-secret|private-key/);
});

test('a variable that is new or gone differs', () => {
  const more = basis({ userEnvironment: { GREETING: 'hello', MORE: '' } });
  expect(changedVariable(restored(more).plan.env, more.plan.env)).toBe('MORE');
  expect(changedVariable(restored(basis(), more).plan.env, basis().plan.env)).toBe('MORE');
});

test('another route alone is no difference', () => {
  const now = basis({ app: { ...STAGING_FACTS.app, uris: ['other.localhost'] } });
  expect(changedVariable(restored(now).plan.env, now.plan.env)).toBeUndefined();
});

test('services that are run in another way differ, and how is not kept', () => {
  const was = basis({}, 'certificate', 'a-service-secret');
  expect(restored(basis(), was).inputs.services).not.toBe(basis().inputs.services);
  expect(JSON.stringify(kept(was))).not.toContain('a-service-secret');
});

test('another image or platform needs a new container, for the reason that a watch gives', () => {
  const image = basis({ image: 'another' });
  const reason = newContainerReason({ ...basis(), ...TRACE }, image.plan, image.inputs);
  expect(reason).toBe('the stack changed');
  expect(restoreBasis(kept(basis()), image, digest)).toEqual({ reason });
  expect(restoreBasis(kept(basis()), basis({}, 'other'), digest)).toEqual({
    reason: 'certificates or service bindings changed',
  });
});

const TRACE = { steps: [], complete: true, points: [0], reads: undefined };
