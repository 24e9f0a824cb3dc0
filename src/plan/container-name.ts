/** A name that the engine accepts and that people recognise, e.g. `cfstage-rubyapp-staging-1f0c9a52`. */
export function containerName(app: string, role: string, guid: string): string {
  const readable = app.replace(/[^A-Za-z0-9_.-]+/g, '-').slice(0, 40);
  return `cfstage-${readable}-${role}-${guid.slice(0, 8)}`;
}
