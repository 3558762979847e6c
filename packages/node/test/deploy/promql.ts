const WORDS = new Set([
  'and',
  'bool',
  'by',
  'group_left',
  'group_right',
  'ignoring',
  'le',
  'offset',
  'on',
  'or',
  'unless',
  'without',
])

/** Names of the metrics that an expression reads. */
export const metricsOf = (expression: string): string[] => {
  const bare = expression
    .replace(/\{[^}]*\}/g, ' ')
    .replace(/\[[^\]]*\]/g, ' ')
    .replace(/\b(by|without|on|ignoring)\s*\([^)]*\)/g, ' ')
    .replace(/"[^"]*"/g, ' ')
  const names = bare.matchAll(/\b[a-z_:][a-z0-9_:]*\b(?!\s*\()/g)
  return [...new Set([...names].map(([name]) => name))].filter((name) => !WORDS.has(name))
}
