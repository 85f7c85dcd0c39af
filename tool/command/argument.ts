/** What several commands take. */

export const CONFIG = {
  type: 'positional',
  required: false,
  description: 'bulkhead.config.ts or its folder; by default here',
} as const
