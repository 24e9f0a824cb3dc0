import { Document, isMap, isSeq, parseDocument, visit, type YAMLMap } from 'yaml';

/** What packaging changes in a manifest.yml. */
export interface ManifestEdits {
  /** Becomes its top-level `stack`, and then no dependency names stacks any more. */
  readonly stack: string | undefined;
  /** Positions of the dependencies that stay. */
  readonly dependencies: readonly number[];
  /** Where in the zip a dependency lies, by its position; becomes its `file`. */
  readonly files: ReadonlyMap<number, string>;
}

/**
 * The manifest.yml of the zip. Comments, order and the spelling of values stay. (The original writes all values anew,
 * which makes 1.1 of an unquoted version 1.10.) Source: libbuildpack packager/packager.go.
 */
export function packagedManifest(text: string, { stack, dependencies, files }: ManifestEdits): string {
  const document = editable(text);
  const list = document.get('dependencies');
  if (isSeq(list)) {
    list.items = dependencies.map((position) => {
      const dependency = list.items[position] as YAMLMap;
      const file = files.get(position);
      if (isMap(dependency) && file !== undefined) dependency.set('file', file);
      if (isMap(dependency) && stack !== undefined) dependency.delete('cf_stacks');
      return dependency;
    });
  }
  if (stack !== undefined) document.set('stack', stack);
  return document.toString({ lineWidth: 0 });
}

/** An alias whose anchor is cut out would mean nothing, so a manifest with aliases is written out in full. */
function editable(text: string): Document {
  const document = parseDocument(text, { version: '1.1', merge: true });
  const aliases: unknown[] = [];
  visit(document, { Alias: (_, alias) => void aliases.push(alias) });
  return aliases.length > 0 ? new Document(document.toJS(), { version: '1.1' }) : document;
}
