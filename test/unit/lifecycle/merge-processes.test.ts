import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LaunchProcess } from '../../../src/lifecycle/launch-process.ts';
import { ignoredLaunchYmlWarnings, launchYmlLookup } from '../../../src/lifecycle/launch-yml-lookup.ts';
import { commandOf, dropletProcesses, mergeProcesses } from '../../../src/lifecycle/merge-processes.ts';

function entry(type: string, command: string, sidecarFor: string[] = [], memory = 0): LaunchProcess {
  return { type, command, sidecarFor, memory };
}

const processes = fc.array(
  fc.record({
    type: fc.constantFrom('web', 'worker', 'agent', 'clock'),
    command: fc.string(),
    sidecarFor: fc.oneof(fc.constant([]), fc.constant(['web'])),
    memory: fc.nat(3),
  }),
  { maxLength: 5 },
);
const distinct = processes.map((list) =>
  list.filter(({ type }, i) => list.findIndex((p) => p.type === type) === i),
);

describe('mergeProcesses', () => {
  it('keeps the places of what was there and gives them to the last word on each type', () => {
    fc.assert(
      fc.property(distinct, distinct, (earlier, later) => {
        const merged = mergeProcesses(earlier, later);
        expect(merged.slice(0, earlier.length).map(({ type }) => type)).toEqual(
          earlier.map(({ type }) => type),
        );
        expect(later.filter((one) => !merged.includes(one))).toEqual([]);
        expect(new Set(merged.map(({ type }) => type)).size).toBe(merged.length);
      }),
      { numRuns: 10_000 },
    );
  });

  it('is associative and has nothing as its neutral element', () => {
    fc.assert(
      fc.property(distinct, distinct, distinct, (a, b, c) => {
        expect(mergeProcesses(mergeProcesses(a, b), c)).toEqual(mergeProcesses(a, mergeProcesses(b, c)));
        expect(mergeProcesses(a, [])).toEqual(a);
        expect(mergeProcesses([], a)).toEqual(a);
      }),
      { numRuns: 10_000 },
    );
  });

  it('keeps a new type twice that one file names twice, and replaces every earlier one of a type', () => {
    const twice = mergeProcesses([], [entry('web', '1'), entry('web', '2')]);
    expect(twice.map(({ command }) => command)).toEqual(['1', '2']);
    expect(mergeProcesses(twice, [entry('web', '3')]).map(({ command }) => command)).toEqual(['3', '3']);
  });
});

describe('dropletProcesses', () => {
  it('prefers the Procfile, then the final buildpack, then later supplies', () => {
    fc.assert(
      fc.property(distinct, distinct, distinct, distinct, (first, second, final, procfile) => {
        const droplet = dropletProcesses({ supplies: [first, second], final, procfile });
        const winners = new Map(
          [...first, ...second, ...final, ...procfile].map((one): [string, LaunchProcess] => [one.type, one]),
        );
        for (const { type, command } of droplet.processes) {
          expect(winners.get(type)).toMatchObject({ command, sidecarFor: [] });
        }
        for (const { name, command } of droplet.sidecars) {
          expect(winners.get(name)).toMatchObject({ command, sidecarFor: ['web'] });
        }
        expect(droplet.processes.length + droplet.sidecars.length).toBe(winners.size);
      }),
      { numRuns: 10_000 },
    );
  });

  it('lets a Procfile entry replace the sidecar of its name', () => {
    const droplet = dropletProcesses({
      supplies: [[entry('agent', 'sleep', ['web'], 64)]],
      final: [],
      procfile: [entry('agent', './agent')],
    });
    expect(droplet).toEqual({ processes: [{ type: 'agent', command: './agent' }], sidecars: [] });
    expect(commandOf(droplet.processes, 'web')).toBeUndefined();
  });

  it('leaves out the memory of a sidecar that asks for none', () => {
    const droplet = dropletProcesses({ supplies: [], final: [entry('a', 'x', ['web'])], procfile: [] });
    expect(droplet.sidecars).toEqual([{ name: 'a', process_types: ['web'], command: 'x' }]);
  });
});

describe('launchYmlLookup', () => {
  it.each([
    [{ length: 1, skipDetect: true }, [], '0/launch.yml'],
    [{ length: 3, skipDetect: true }, ['0/launch.yml', '1/launch.yml'], '2/launch.yml'],
    [{ length: 3, skipDetect: false }, [], '2/launch.yml'],
  ])('looks without padding: %o', (order, supplies, final) => {
    expect(launchYmlLookup(order)).toEqual({ supplies, final });
  });

  it.each([
    [{ length: 2, skipDetect: true }, ['0/launch.yml', '1/launch.yml'], []],
    [{ length: 1, skipDetect: false }, ['0/launch.yml'], []],
    [
      { length: 3, skipDetect: false },
      ['0/launch.yml'],
      [
        'deps/0/launch.yml is ignored, as Cloud Foundry does: with 3 buildpacks to detect among, the builder looks for deps/2/launch.yml only. Name the buildpack to have it read.',
      ],
    ],
    [
      { length: 11, skipDetect: true },
      ['07/launch.yml', '10/launch.yml'],
      [
        'deps/07/launch.yml is ignored, as Cloud Foundry does: with 11 buildpacks the builder looks for deps/7/launch.yml, without the leading zero.',
      ],
    ],
    [
      { length: 2, skipDetect: true },
      ['5/launch.yml'],
      ['deps/5/launch.yml is ignored, as Cloud Foundry does: it belongs to no buildpack of this order.'],
    ],
  ])('warns of what is not read: %o %j', (order, existing, warnings) => {
    expect(ignoredLaunchYmlWarnings(order, existing)).toEqual(warnings);
  });
});
