/** Version of the label scheme, the value of the label `cfstage`. */
export const LABEL_SCHEMA = '1';

export type Role = 'staging' | 'app' | 'doctor' | 'stack';

/** Labels on everything that cfstage makes on an engine, so that leftovers can be told from what is in use. */
export interface Ownership {
  readonly app: string;
  readonly role: Role;
  readonly session: string;
  /** Who made it: `host pid start`, see host/session-owner.ts. */
  readonly owner: string;
  /** Which state folder the app belongs to. */
  readonly home: string;
}

export function ownershipLabels({ app, role, session, owner, home }: Ownership): Record<string, string> {
  return {
    cfstage: LABEL_SCHEMA,
    'cfstage.app': app,
    'cfstage.role': role,
    'cfstage.session': session,
    'cfstage.owner': owner,
    'cfstage.home': home,
  };
}

export function readOwnership(labels: Readonly<Record<string, string>>): Ownership | undefined {
  if (labels['cfstage'] === undefined) return undefined;
  return {
    app: labels['cfstage.app'] ?? '',
    role: (labels['cfstage.role'] ?? 'app') as Role,
    session: labels['cfstage.session'] ?? '',
    owner: labels['cfstage.owner'] ?? '',
    home: labels['cfstage.home'] ?? '',
  };
}
