const COLUMNS = 4

/** 24 words, numbered, in columns that read downwards. */
export const wordsText = (words: readonly string[]): string => {
  const rows = Math.ceil(words.length / COLUMNS)
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: COLUMNS }, (_unused, column) => {
      const position = column * rows + row
      return `${String(position + 1).padStart(2)} ${(words[position] ?? '').padEnd(10)}`
    })
      .join(' ')
      .trimEnd(),
  ).join('\n')
}
