import * as z from 'zod';

const UNITS = { ms: 1, s: 1000, m: 60_000 } as const;

/** A time in milliseconds; written as seconds or with a unit. */
export const duration = z
  .union([
    z.number().nonnegative(),
    z.string().regex(/^\d+(?:\.\d+)?(?:ms|s|m)$/, 'must be a time such as 90s, 5m or 500ms'),
  ])
  .transform((value) => {
    if (typeof value === 'number') return value * 1000;
    const [, number = '', unit = 's'] = /^([\d.]+)(\D+)$/.exec(value) ?? [];
    return Number(number) * UNITS[unit as keyof typeof UNITS];
  })
  .meta({ description: 'A time: seconds, or with a unit: 90s, 5m, 500ms.' });

const PATTERN = /^\/(.+)\/([imsu]*)$/s;

/** What a text must hold, or a regular expression that it must match. */
export const pattern = z
  .union([z.string(), z.number(), z.boolean()])
  .transform(String)
  .transform((text, context) => {
    const [, source, flags] = PATTERN.exec(text) ?? [];
    if (source === undefined) return text;
    try {
      return new RegExp(source, flags);
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message });
      return z.NEVER;
    }
  })
  .meta({ description: 'A text that must be contained, or a regular expression as /…/ or /…/i.' });

/** One pattern or several. */
export const patterns = z
  .union([pattern, z.array(pattern).min(1)])
  .transform((given) => (Array.isArray(given) ? given : [given]));

/** A text; numbers and booleans are taken as they are written. */
export const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);

/** A text that is not empty. */
export const word = z.string().min(1);

export const exitCode = z.int().min(0).max(255);
