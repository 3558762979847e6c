/** What fits into so many rows, the last of which says how much does not. */
export const shownOf = <T>(
  all: readonly T[],
  rows: number,
): { readonly shown: readonly T[]; readonly more: number } => {
  if (all.length <= rows) return { shown: all, more: 0 }
  const shown = all.slice(0, Math.max(0, rows - 1))
  return { shown, more: all.length - shown.length }
}
