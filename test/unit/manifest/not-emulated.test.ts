import { describe, expect, it } from 'vitest';
import { notEmulated } from '../../../src/manifest/not-emulated.ts';
import { parseApp } from './manifest-text.ts';

describe('notEmulated', () => {
  it.each([
    ['command: c', []],
    ['processes: [{type: worker}]', []],
    ['routes: [{route: a.b}]\nno-route: true', []],
    ['docker: {image: i}', ['docker images (the app is staged with buildpacks)']],
    ['lifecycle: cnb', ['the cnb lifecycle (classic buildpacks are used)']],
    ['metadata: {labels: {}}', ['metadata']],
    ['features: {ssh: true}', ['app features other than those of service bindings']],
    ['features: {service-binding-k8s: true, file-based-vcap-services: false}', []],
    ['services: [db]', []],
    [
      'services: [{name: db, parameters: {a: 1}}]',
      ['parameters of services (there is no broker to get them)'],
    ],
    ['routes: [{route: a.b}]', []],
    ['routes: [{route: a.b, protocol: tcp}]', ['TCP routes']],
    ['random-route: true', []],
    ['instances: 2', []],
    ['processes: [{type: worker, instances: 1}]', []],
    ['readiness-health-check-type: port', []],
    ['log-rate-limit-per-second: 0', []],
    ['instances: 3\nmetadata: {labels: {}}', ['metadata']],
  ])('%s', (yaml, phrases) => {
    expect(notEmulated(parseApp(yaml))).toEqual(phrases);
  });
});
