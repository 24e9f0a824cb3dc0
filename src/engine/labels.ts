/** Version of the label scheme, the value of the label `cfstage`. */
export const LABEL_SCHEMA = '1';

export type Role = 'staging' | 'app' | 'task' | 'service' | 'helper' | 'doctor' | 'stack';

/** What something on an engine is for. */
export interface Purpose {
  /** Name of the app; of a backing service: of the service instance. */
  readonly app: string;
  readonly role: Role;
  /** Which instance of which process a container of role `app` is. */
  readonly instance?: { readonly process: string; readonly index: number; readonly guid: string };
  readonly service?: ServicePurpose;
  /** Its session may leave it to a later one. */
  readonly kept?: boolean;
}

/** What a container of role `service` was made from and for how long. */
export interface ServicePurpose {
  /** Digest of its settings: the same digest, the same service. */
  readonly settings: string;
  /** It outlives the app that it was made for. */
  readonly kept: boolean;
}

/** Labels on everything that cfstage makes on an engine, so that leftovers can be told from what is in use. */
export interface Ownership extends Purpose {
  readonly session: string;
  /** Who made it: `host pid start`, see host/session-owner.ts. */
  readonly owner: string;
  /** Which state folder the app belongs to. */
  readonly home: string;
}

export function ownershipLabels({
  app,
  role,
  instance,
  service,
  kept,
  session,
  owner,
  home,
}: Ownership): Record<string, string> {
  return {
    cfstage: LABEL_SCHEMA,
    'cfstage.app': app,
    'cfstage.role': role,
    'cfstage.session': session,
    'cfstage.owner': owner,
    'cfstage.home': home,
    ...(instance === undefined
      ? {}
      : {
          'cfstage.process': instance.process,
          'cfstage.index': String(instance.index),
          'cfstage.instance': instance.guid,
        }),
    ...(service === undefined ? {} : { 'cfstage.settings': service.settings }),
    ...(service?.kept === true || kept === true ? { 'cfstage.kept': 'true' } : {}),
  };
}

export function readOwnership(labels: Readonly<Record<string, string>>): Ownership | undefined {
  if (labels['cfstage'] === undefined) return undefined;
  const process = labels['cfstage.process'];
  const settings = labels['cfstage.settings'];
  return {
    app: labels['cfstage.app'] ?? '',
    role: (labels['cfstage.role'] ?? 'app') as Role,
    session: labels['cfstage.session'] ?? '',
    owner: labels['cfstage.owner'] ?? '',
    home: labels['cfstage.home'] ?? '',
    ...(process === undefined
      ? {}
      : {
          instance: {
            process,
            index: Number(labels['cfstage.index'] ?? 0),
            guid: labels['cfstage.instance'] ?? '',
          },
        }),
    ...(settings === undefined ? {} : { service: { settings, kept: labels['cfstage.kept'] !== undefined } }),
  };
}

/** Whether a container is one of a staging that its session may have left to a later one. */
export function isKeptStaging(labels: Readonly<Record<string, string>>): boolean {
  return labels['cfstage.role'] === 'staging' && labels['cfstage.kept'] !== undefined;
}

/** Labels of the network that the apps of one state folder share; no session owns it alone. */
export function networkLabels(home: string): Record<string, string> {
  return { cfstage: LABEL_SCHEMA, 'cfstage.home': home };
}
