import { existsSync } from 'node:fs';
import { run, which } from './run.js';
import { say } from './say.js';

/** Whether cgroups are mounted, version 2 or 1; on a machine without an init system nobody may have done it. */
export function areCgroupsMounted() {
  return existsSync('/sys/fs/cgroup/cgroup.controllers') || existsSync('/sys/fs/cgroup/devices');
}

/** Mounts cgroups where the package that does it is installed; dockerd's log tells when that was not enough. */
export async function mountCgroups() {
  const command = which('cgroupfs-mount');
  if (areCgroupsMounted() || command === undefined) return;
  say('mounting cgroups');
  await run(command, []);
}
