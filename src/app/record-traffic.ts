import type { EgressRequest } from './request.ts';
import type { TrafficLedger } from './traffic-ledger.ts';
import type { Workbench } from './workbench.ts';

/** The bench, with what its containers try to reach written down if that is asked for. */
export function recordTraffic(
  { traffic }: Pick<EgressRequest, 'traffic'>,
  ledger: TrafficLedger,
  workbench: Workbench,
): Workbench {
  if (!traffic) return workbench;
  const { cell, emit } = workbench;
  const message = 'The record of traffic may not be complete: what watched a container has ended before it';
  const log = {
    add: (record: Parameters<TrafficLedger['add']>[0]) => void ledger.add(record),
    tellGap: () => void emit({ type: 'warning', message }),
  };
  return { ...workbench, cell: { ...cell, traffic: log } };
}
