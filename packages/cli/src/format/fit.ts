/** A text in exactly so many columns: filled up with spaces, or cut with a sign that it was. */
export const fit = (text: string, columns: number): string => {
  const letters = [...text]
  return letters.length > columns ? `${letters.slice(0, columns - 1).join('')}…` : text.padEnd(columns)
}
