import type { SourceFile } from './source-file.ts'

const dotted = String.raw`[a-z][a-z0-9]*(?:-[a-z0-9]+)*(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)+`
const used = new RegExp(String.raw`(?:\b(?:refuse|deny|fail)\(\s*|\bcode:\s*)'(${dotted})'`, 'g')
const listed = new RegExp(`'(${dotted})'`, 'g')
const registry = /\/([a-z-]*codes|[a-z-]*errors)\.ts$/

/** The dotted error codes a file uses: given to `refuse` and `code:`, and everything in a registry file. */
export function errorCodesOf({ file, text }: SourceFile): string[] {
  const pattern = registry.test(file) ? listed : used
  return [...text.matchAll(pattern)].map((match) => match[1] ?? '')
}
