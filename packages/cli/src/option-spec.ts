/** Commander's flags and what they mean, e.g. `['--until <when>', 'when it ends']`. */
export type OptionSpec = readonly [flags: string, description: string]

/** Options of a command line by their names in camel case. */
export type OptionValues = Readonly<Record<string, string | boolean | readonly string[] | undefined>>
