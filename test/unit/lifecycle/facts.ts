import type { ProcessEnvironmentFacts } from '../../../src/lifecycle/process-environment.ts';
import type { AppFacts, Limits } from '../../../src/lifecycle/vcap-application.ts';

export const APP: AppFacts = {
  guid: 'app-guid',
  name: 'n<1>',
  version: 'v-uuid',
  uris: ['n.example.com'],
  spaceName: 'dev',
  spaceGuid: 'space-guid',
  organizationName: 'org',
  organizationGuid: 'org-guid',
  cfApi: 'https://api.example.com',
};

export const LIMITS: Limits = { memoryMb: 1024, diskMb: 4096, fileDescriptors: 16384 };

export const NETWORK = { cellIp: '10.0.0.1', containerIp: '10.255.0.2' };

export const CERTIFICATES = { systemCertificates: true, instanceIdentity: true };

export const PROCESS_FACTS: ProcessEnvironmentFacts = {
  app: APP,
  process: { guid: 'app-guid', type: 'web' },
  limits: { memoryMb: 512, diskMb: 1024, fileDescriptors: 16384 },
  sidecars: [
    { name: 'a', process_types: ['web'], command: 'a', memory: 64 },
    { name: 'b', process_types: ['web'], command: 'b' },
  ],
  ports: [8080],
  instance: { guid: 'instance-guid', index: 2 },
  userEnvironment: {},
  services: { kind: 'env', vcapServices: '{}' },
  certificates: CERTIFICATES,
  network: NETWORK,
  mappings: [{ internal: 8080, external: 61000 }],
};
