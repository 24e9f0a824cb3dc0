import { orInterrupted } from '../errors.ts';
import type { ContainerSpec } from '../lifecycle/container-spec.ts';
import type { TrafficLog } from '../traffic/traffic-log.ts';
import type { Container } from './engine.ts';
import type { CreateContainer, Labels } from './offline-container.ts';
import { helperLabels } from './offline-container.ts';
import { CAPTURE_ARGV, TrafficCapture } from './traffic-capture.ts';

/** Has a helper watch what a container tries to reach, from before anything runs in it to after its end. */
export function watchTraffic(
  container: Container,
  { name, image, platform }: ContainerSpec,
  labels: Labels,
  log: TrafficLog,
  create: CreateContainer,
  signal: AbortSignal,
): void {
  let helper: Container | undefined;
  let capture: TrafficCapture | undefined;
  container.accompany({
    started: async () => {
      helper = await create(
        {
          name: `${name}-traffic`,
          image,
          ...(platform === undefined ? {} : { platform }),
          argv: CAPTURE_ARGV,
          place: { inside: container.id },
        },
        helperLabels(labels),
      );
      await orInterrupted(helper.start(signal), signal);
      capture = await TrafficCapture.begin(helper, log, signal);
    },
    announce: async (source) => {
      const isWhole = await capture?.turnTo(source);
      if (isWhole === false) log.tellGap();
    },
    catchUp: async () => {
      const isWhole = await capture?.catchUp();
      if (isWhole === false) log.tellGap();
    },
    finish: async () => {
      const isWhole = await capture?.turnTo(undefined);
      if (isWhole === false) log.tellGap();
      capture?.close();
      capture = undefined;
    },
    remove: async () => await helper?.remove(),
  });
}
