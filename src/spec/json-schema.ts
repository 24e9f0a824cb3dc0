import * as z from 'zod';
import { specFile } from './scenario-schema.ts';

/** The JSON schema of spec files, for editors. It is what the parser itself checks. */
export function specJsonSchema(): string {
  const schema = z.toJSONSchema(specFile, { io: 'input', target: 'draft-7' });
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}
