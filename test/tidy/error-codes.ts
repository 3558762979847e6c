import type { SourceFile } from './source-file.ts'

export interface ErrorCode {
  readonly code: string
  /** The sentence that stands beside the code, when it is written there as one literal. */
  readonly sentence: string | undefined
}

const dotted = String.raw`[a-z][a-z0-9]*(?:-[a-z0-9]+)*(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)+`
const sentence = String.raw`(?:\s*[,:]\s*(?:message:\s*)?(?:'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|${'`'}([^${'`'}]*)${'`'}))`
const given = new RegExp(
  String.raw`(?:\b(?:refuse|deny|fail|new [A-Z]\w*Error)\(\s*|\b(?:code|damaged|missing|unknown):\s*)'(${dotted})'${sentence}?`,
  'g',
)
const explained = new RegExp(String.raw`[(,]\s*'(${dotted})'${sentence}`, 'g')
const listed = new RegExp(`'(${dotted})'${sentence}?`, 'g')
const registry = /\/([a-z-]*codes|[a-z-]*errors)\.ts$/

/**
 * The dotted error codes a file uses: those given to `refuse`, `deny`, `fail`, an error, `code:` and the like, those that any
 * call explains with a sentence after it, and everything in a registry file (`codes.ts`, `x-errors.ts`).
 */
export function errorCodesOf({ file, text }: SourceFile): ErrorCode[] {
  const find = (pattern: RegExp): ErrorCode[] =>
    [...text.matchAll(pattern)].map(([, code, ...sentences]) => ({
      code: code ?? '',
      sentence: sentences.find((each) => each),
    }))
  if (registry.test(file)) return find(listed)
  // One word after a dotted name makes it an entry of some other list: actions, kinds of events.
  return [...find(given), ...find(explained).filter((each) => each.sentence?.includes(' '))]
}
