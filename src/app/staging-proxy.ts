import type { Cell } from '../engine/cell.ts';
import { openRelay } from '../engine/relay.ts';
import { newProxyCredentials } from '../host/proxy-credentials.ts';
import { recordingProxy, type ProxiedRequest, type ProxyCredentials } from '../host/recording-proxy.ts';
import type { Environment } from '../lifecycle/environment.ts';
import { PROXY_PORT, proxyHost, proxyVariables } from '../lifecycle/proxy-environment.ts';
import type { TrafficSource } from '../lifecycle/traffic-record.ts';
import type { EventBody } from '../logs/event.ts';
import { networkName, offlineNetworkName } from '../plan/private-network.ts';
import type { StagingPlan } from '../plan/staging-plan.ts';
import type { StageRequest } from './request.ts';
import type { TrafficLedger } from './traffic-ledger.ts';

/** A recording proxy that is decided on. */
export interface PlannedProxy {
  readonly host: string;
  /** For the staging environment variable group. */
  readonly variables: Environment;
  /** PEM texts that the container has to trust. */
  readonly certificates: readonly string[];
  readonly credentials: ProxyCredentials | undefined;
}

export async function planProxy(
  { proxy }: Pick<StageRequest, 'proxy'>,
  buildGuid: string,
): Promise<PlannedProxy | undefined> {
  if (proxy === undefined) return undefined;
  const host = proxyHost(buildGuid);
  const variables = proxyVariables(host, proxy.tls);
  if (!proxy.tls) return { host, variables, certificates: [], credentials: undefined };
  const { authority, credentials } = await newProxyCredentials(host);
  return { host, variables, certificates: [authority], credentials };
}

/** A recording proxy at work. Disposing ends its connections. */
export interface StagingProxy extends AsyncDisposable {
  /** Learns from what is told which phase it is that asks. */
  hear(event: EventBody): void;
}

/** The container is on the private network, or on the one without a way out; the proxy is on both. */
export async function openStagingProxy(
  { host, credentials }: PlannedProxy,
  { app, container: { name, image, platform, offline } }: StagingPlan,
  ledger: TrafficLedger,
  cell: Cell,
  signal: AbortSignal,
): Promise<StagingProxy> {
  const { home } = cell.session;
  let source: TrafficSource = { kind: 'staging', phase: '', buildpack: '' };
  const begin = () => {
    const by = source;
    return (asked: ProxiedRequest) => void ledger.add({ source: by, protocol: 'proxy', ...asked });
  };
  const relay = await openRelay(
    cell,
    {
      ...{ name: `${name}-proxy`, app, image, host, port: PROXY_PORT },
      ...(platform === undefined ? {} : { platform }),
      networks: [networkName(home), ...(offline === undefined ? [] : [offlineNetworkName(home)])],
    },
    recordingProxy(begin, credentials),
    signal,
  );
  return {
    hear: (event) => {
      if (event.type === 'phase-started')
        source = { kind: 'staging', phase: event.phase, buildpack: event.buildpack };
    },
    [Symbol.asyncDispose]: () => relay[Symbol.asyncDispose](),
  };
}
