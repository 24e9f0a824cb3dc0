import { describe, expect, it } from 'vitest';
import { planTask } from '../../../src/plan/plan-task.ts';
import { TASK_FACTS } from './plan-facts.ts';

describe('planTask', () => {
  it('decides a container of its own without ports, and one process', () => {
    const { process, ...plan } = planTask(TASK_FACTS);
    expect(plan).toEqual({
      app: 'an app',
      name: 'Migrate',
      taskGuid: TASK_FACTS.taskGuid,
      container: {
        name: 'cfstage-an-app-task-a1000000',
        image: 'cloudfoundry/cflinuxfs4',
        hostname: TASK_FACTS.taskGuid,
        env: {},
        init: expect.any(Array) as unknown,
        workingDir: '/home/vcap',
        memoryMb: 256,
        diskMb: 512,
        cpuShares: 30,
        pids: 1024,
        nofile: 16384,
        publish: [],
        network: { name: 'cfstage-home', aliases: [], also: 'cfstage-home-offline' },
      },
      stopGraceSeconds: 10,
      logRateLimitBytes: -1,
    });
    expect(process).toMatchObject({
      name: 'Migrate',
      source: 'APP/TASK/Migrate/0',
      command: 'rake db:migrate',
      argv: [
        '/usr/bin/env',
        '-u',
        'HOSTNAME',
        '-u',
        'container',
        '-u',
        'TERM',
        '/bin/bash',
        '-c',
        expect.any(String),
        '/tmp/lifecycle/launcher',
        '/home/vcap/app',
        'rake db:migrate',
      ],
    });
    expect(process.env).toMatchObject({ GREETING: 'hello', MEMORY_LIMIT: '256m', HOME: '/home/vcap/app' });
  });

  it("starts the command with the droplet's entrypoint", () => {
    const { process } = planTask({
      ...TASK_FACTS,
      stagingInfo: {
        detected_buildpack: '',
        start_command: 'ruby app.rb',
        config: { entrypoint_prefix: 'env A=1 bash -c' },
      },
    });
    expect(process.command).toBe('rake db:migrate');
    expect(process.argv.join('\n')).toContain('exec env A=1 bash -c "$@"');
  });

  it('takes the platform of a real image', () => {
    expect(planTask({ ...TASK_FACTS, platform: 'linux/amd64' }).container.platform).toBe('linux/amd64');
  });

  it('is plain data', () => {
    const plan = planTask(TASK_FACTS);
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });
});
