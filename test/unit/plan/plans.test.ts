import { describe, expect, it } from 'vitest';
import { containerName } from '../../../src/plan/container-name.ts';
import { UNKNOWN_NETWORK, withNetwork } from '../../../src/plan/network-later.ts';
import { planLaunch } from '../../../src/plan/plan-launch.ts';
import { planStaging } from '../../../src/plan/plan-staging.ts';
import { candidate, LAUNCH_FACTS, STAGING_FACTS } from './plan-facts.ts';

describe('planStaging', () => {
  it('decides container, places and steps', () => {
    const { env, ...plan } = JSON.parse(JSON.stringify(planStaging(STAGING_FACTS))) as Record<
      string,
      unknown
    >;
    delete plan['phaseInput'];
    expect(plan).toMatchInlineSnapshot(`
      {
        "app": "an app",
        "buildGuid": "e0000000-0000-4000-8000-000000000000",
        "buildpacks": [
          {
            "key": "https://example.com/config-server.git",
            "path": "/tmp/buildpackdownloads/hash-of-https://example.com/config-server.git",
            "writable": true,
          },
          {
            "key": "ruby_buildpack",
            "path": "/tmp/buildpacks/hash-of-ruby_buildpack",
            "writable": false,
          },
        ],
        "container": {
          "cpuShares": 512,
          "diskMb": 4096,
          "env": {},
          "hostname": "e0000000-0000-4000-8000-000000000000",
          "image": "cloudfoundry/cflinuxfs4",
          "init": [
            "/bin/bash",
            "-c",
            "until [ -s /tmp/lifecycle/shell ]; do sleep 0.01; done; exec /bin/bash /tmp/lifecycle/init",
          ],
          "memoryMb": 1024,
          "name": "cfstage-an-app-staging-e0000000",
          "nofile": 16384,
          "pids": 1024,
          "publish": [],
          "workingDir": "/home/vcap",
        },
        "contentsDir": "/tmp/contents42",
        "logRateLimitBytes": -1,
        "phases": {
          "directories": [
            "/tmp/cache/final",
            "/tmp/cache/hash-of-https://example.com/config-server.git",
            "/tmp/contents42",
            "/tmp/contents42/deps/0",
            "/tmp/contents42/deps/1",
            "/tmp/contents42/profile.d",
          ],
          "keptCacheEntries": [
            "final",
            "hash-of-https://example.com/config-server.git",
          ],
          "steps": [
            {
              "args": [
                "/tmp/app",
                "/tmp/cache/hash-of-https://example.com/config-server.git",
                "/tmp/contents42/deps",
                "0",
              ],
              "buildpack": 0,
              "captured": false,
              "depsIndex": "0",
              "final": false,
              "key": "https://example.com/config-server.git",
              "phase": "supply",
              "script": "/tmp/buildpackdownloads/hash-of-https://example.com/config-server.git/bin/supply",
              "state": "executable",
              "step": "run",
            },
            {
              "args": [
                "/tmp/app",
                "/tmp/cache/final",
                "/tmp/contents42/deps",
                "1",
              ],
              "buildpack": 1,
              "captured": false,
              "depsIndex": "1",
              "final": true,
              "key": "ruby_buildpack",
              "phase": "supply",
              "script": "/tmp/buildpacks/hash-of-ruby_buildpack/bin/supply",
              "state": "executable",
              "step": "run",
            },
            {
              "args": [
                "/tmp/app",
                "/tmp/cache/final",
                "/tmp/contents42/deps",
                "1",
                "/tmp/contents42/profile.d",
              ],
              "buildpack": 1,
              "captured": false,
              "depsIndex": "1",
              "final": true,
              "key": "ruby_buildpack",
              "phase": "finalize",
              "script": "/tmp/buildpacks/hash-of-ruby_buildpack/bin/finalize",
              "state": "executable",
              "step": "run",
            },
            {
              "args": [
                "/tmp/app",
              ],
              "buildpack": 1,
              "captured": true,
              "depsIndex": "1",
              "final": true,
              "key": "ruby_buildpack",
              "phase": "release",
              "script": "/tmp/buildpacks/hash-of-ruby_buildpack/bin/release",
              "state": "executable",
              "step": "run",
              "unless": "/tmp/contents42/deps/1/launch.yml",
            },
          ],
        },
        "skipDetect": true,
        "stack": "cflinuxfs4",
        "timeoutSeconds": 900,
      }
    `);
    expect(Object.keys(env as object).sort()).toMatchInlineSnapshot(`
      [
        "CF_INSTANCE_ADDR",
        "CF_INSTANCE_INTERNAL_IP",
        "CF_INSTANCE_IP",
        "CF_INSTANCE_PORT",
        "CF_INSTANCE_PORTS",
        "CF_STACK",
        "GREETING",
        "HOME",
        "LANG",
        "MEMORY_LIMIT",
        "PATH",
        "USER",
        "VCAP_APPLICATION",
        "VCAP_SERVICES",
      ]
    `);
  });

  it('leaves the steps open where a buildpack is to be detected; one without bin/detect is told of and passed over', () => {
    const plan = planStaging({ ...STAGING_FACTS, skipDetect: false });
    expect(
      plan.phases.steps.map((step) => ('phase' in step ? `${step.phase} of ${step.key}` : step.step)),
    ).toEqual(['print', 'detect of ruby_buildpack', 'fail']);
  });

  it('fails before anything runs when a buildpack cannot supply', () => {
    const buildpacks = [candidate('only-final', 'finalize'), candidate('final', 'finalize')];
    expect(planStaging({ ...STAGING_FACTS, buildpacks }).phases.steps).toMatchObject([
      { step: 'fail', failure: { kind: 'NoSupplyScript', key: 'only-final' } },
    ]);
  });

  it.each([
    { web: 256, staging: 1024 },
    { web: 2048, staging: 2048 },
  ])('gives staging $staging MB when web has $web', ({ web, staging }) => {
    expect(planStaging({ ...STAGING_FACTS, webMemoryMb: web }).container.memoryMb).toBe(staging);
  });

  it('gives staging the log rate limit of web', () => {
    expect(planStaging({ ...STAGING_FACTS, webLogRateLimitBytes: 0 }).logRateLimitBytes).toBe(0);
  });
});

describe('planLaunch', () => {
  it('decides container, processes and startup check', () => {
    const { container, sshEnv, launcherEnv, ...plan } = planLaunch(LAUNCH_FACTS);
    const short = ({ name, source, command }: (typeof plan)['main']) => ({ name, source, command });
    expect({ ...plan, main: short(plan.main), sidecars: plan.sidecars.map(short) }).toMatchInlineSnapshot(`
      {
        "app": "an app",
        "healthCheck": {
          "endpoint": "",
          "intervalSeconds": 30,
          "invocationTimeoutSeconds": 1,
          "port": 8080,
          "type": "port",
        },
        "index": 0,
        "instanceGuid": "f0000000-0000-4000-8000-0000",
        "logRateLimitBytes": -1,
        "main": {
          "command": "ruby app.rb",
          "name": "web",
          "source": "APP/PROC/WEB/0",
        },
        "port": 8080,
        "portShape": "plain",
        "processType": "web",
        "readinessCheck": {
          "type": "process",
        },
        "sidecars": [
          {
            "command": "./config-server",
            "name": "config-server",
            "source": "APP/PROC/WEB/SIDECAR/CONFIG-SERVER/0",
          },
        ],
        "startTimeoutSeconds": 60,
        "stopGraceSeconds": 10,
      }
    `);
    expect(container).toMatchInlineSnapshot(`
      {
        "cpuShares": 30,
        "diskMb": 1024,
        "env": {},
        "hostname": "f0000000-0000-4000-8000-0000",
        "image": "cloudfoundry/cflinuxfs4",
        "init": [
          "/bin/bash",
          "-c",
          "until [ -s /tmp/lifecycle/shell ]; do sleep 0.01; done; exec /bin/bash /tmp/lifecycle/init",
        ],
        "memoryMb": 256,
        "name": "cfstage-an-app-web-f0000000",
        "nofile": 16384,
        "pids": 1024,
        "publish": [
          {
            "containerPort": 8080,
            "hostAddress": "127.0.0.1",
            "hostPort": 0,
          },
        ],
        "workingDir": "/home/vcap",
      }
    `);
    expect(sshEnv['HOME']).not.toBe(launcherEnv['HOME']);
  });

  it('shares the memory between the process and its sidecars', () => {
    const { main, sidecars } = planLaunch(LAUNCH_FACTS);
    expect([main.env['MEMORY_LIMIT'], sidecars[0]?.env['MEMORY_LIMIT']]).toEqual(['224m', '32m']);
  });

  it.each([
    { name: "the manifest's command", command: 'own', expected: 'own' },
    { name: "the droplet's command of that type", command: undefined, expected: 'ruby app.rb' },
  ])('starts $name', ({ command, expected }) => {
    const process = { ...LAUNCH_FACTS.process, ...(command === undefined ? {} : { command }) };
    expect(planLaunch({ ...LAUNCH_FACTS, process }).main.command).toBe(expected);
  });

  it("falls back to the droplet's start command, and to the launcher's complaint", () => {
    const bare = { ...LAUNCH_FACTS, processes: [] };
    const stagingInfo = { detected_buildpack: '', start_command: 'from staging info' };
    expect(planLaunch({ ...bare, stagingInfo }).main.command).toBe('from staging info');
    const { command, argv } = planLaunch(bare).main;
    expect({ command, says: argv.at(-1) }).toEqual({
      command: '',
      says: expect.stringContaining('no start command specified or detected in droplet') as string,
    });
  });
});

it('withNetwork replaces the addresses of a plan, whatever the user set', () => {
  const env = withNetwork(
    { ...planLaunch(LAUNCH_FACTS).main.env, CF_INSTANCE_IP: 'mine' },
    { cellIp: '172.17.0.1', containerIp: '172.17.0.2' },
    { shape: 'plain', exposed: [{ internal: 8080, external: 61_000 }] },
  );
  expect(env).toMatchObject({
    CF_INSTANCE_IP: '172.17.0.1',
    CF_INSTANCE_INTERNAL_IP: '172.17.0.2',
    CF_INSTANCE_PORT: '61000',
    CF_INSTANCE_ADDR: '172.17.0.1:61000',
  });
  expect(JSON.stringify(env)).not.toContain(UNKNOWN_NETWORK.cellIp);
});

it.each([
  { app: 'rubyapp', name: 'cfstage-rubyapp-web-12345678' },
  { app: 'an app/with ümlaut', name: 'cfstage-an-app-with-mlaut-web-12345678' },
  { app: 'x'.repeat(100), name: `cfstage-${'x'.repeat(40)}-web-12345678` },
])('names a container of $app $name', ({ app, name }) => {
  expect(containerName(app, 'web', '12345678-9abc')).toBe(name);
});
