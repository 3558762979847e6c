// A string, a line comment or a block comment, whichever begins first.
const PIECES = /"(?:\\.|[^"\\\n])*"|\/\/[^\n]*|\/\*[\s\S]*?\*\//g

/** JSON text without its comments; every other character keeps its line and column. */
export const stripComments = (text: string): string =>
  text.replace(PIECES, (piece) => (piece.startsWith('"') ? piece : piece.replace(/[^\n]/g, ' ')))
