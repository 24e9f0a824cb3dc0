import { expect, it } from 'vitest';
import { specJsonSchema } from '../../../src/spec/json-schema.ts';

it('is published as the parser checks it; `vitest run -u` on this file writes it anew', async () => {
  await expect(specJsonSchema()).toMatchFileSnapshot('../../../schema/cfstage-test.schema.json');
});
