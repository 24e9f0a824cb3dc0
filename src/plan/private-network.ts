/** The engine's network that the apps of one state folder share; `home` is its id as in labels. */
export function networkName(home: string): string {
  return `cfstage-${home}`;
}
