import { recentEvents, type AppEvent } from '../host/event-recorder.ts';
import { requireKnownApp } from './known-app.ts';
import { CELL_ID } from './workbench.ts';

/** One line of `cfstage events`. */
export interface DescribedEvent {
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly event: string;
  readonly actor: string;
  readonly description: string;
}

/** The newest events of an app, newest first. Raises APP_NOT_FOUND. */
export async function describeEvents(app: string, homeFolder: string): Promise<readonly DescribedEvent[]> {
  const events = await recentEvents(await requireKnownApp(homeFolder, app), app);
  return events.flatMap((event) => describeEvent(event, CELL_ID));
}

/** An event under the names that Cloud Controller has. Source: cloud_controller_ng app/repositories/event_types.rb. */
function describeEvent(event: AppEvent, cellId: string): readonly DescribedEvent[] {
  const { time, app } = event;
  switch (event.type) {
    case 'staged':
      return [{ time, event: 'audit.app.droplet.create', actor: 'cfstage', description: '' }];
    case 'app-started':
      return [{ time, event: 'audit.app.start', actor: 'cfstage', description: 'state: STARTED' }];
    case 'app-stopped':
      return [{ time, event: 'audit.app.stop', actor: 'cfstage', description: `state: ${event.reason}` }];
    case 'instance-crashed': {
      // The keys in the order in which the cli shows them. Source: actor/v7action/event.go, `knownMetadataKeys`.
      const description = [
        `index: ${event.index}`,
        'reason: CRASHED',
        `cell_id: ${cellId}`,
        `instance: ${event.instanceGuid}`,
        `exit_description: ${event.reason}`,
      ].join(', ');
      return [
        { time, event: 'app.crash', actor: app, description },
        { time, event: 'audit.app.process.crash', actor: event.processType, description },
      ];
    }
  }
}
