import { isJsonObject, type JsonValue } from '../json/value.ts'
import type { RowBase } from './extract-rows.ts'
import type { SearchRow } from './search-query.ts'

export interface ReferenceParts {
  /** `Type/id` or the whole urn; absent when the text is a bare id. */
  readonly target?: string
  readonly base?: string
  readonly id: string
}

const VERSION = /\/_history\/[A-Za-z0-9\-.]{1,64}$/
const TYPED = /^(?:(https?:\/\/.+)\/)?([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})$/
const URN = /^urn:(?:uuid|oid):(.+)$/
const BARE = /^[A-Za-z0-9\-.]{1,64}$/

/** Takes a literal reference apart; its version is dropped. Undefined for fragments (`#…`) and other URLs. */
export const partsOfReference = (text: string): ReferenceParts | undefined => {
  const plain = text.replace(VERSION, '')
  const urn = URN.exec(plain)
  if (urn !== null) return { target: plain, id: urn[1] ?? plain }
  const typed = TYPED.exec(plain)
  if (typed !== null) {
    const [, base, type = '', id = ''] = typed
    return { target: `${type}/${id}`, id, ...(base === undefined ? {} : { base }) }
  }
  return BARE.test(plain) ? { id: plain } : undefined
}

/** Rows of a Reference; with `targetType` those that may point to that type (a urn tells no type of its own). */
export const rowsOfReference = (
  base: RowBase,
  value: JsonValue,
  targetType: string | undefined,
  resolve: ((reference: string) => string | undefined) | undefined,
): SearchRow[] => {
  const literal = isJsonObject(value) ? value.reference : undefined
  if (typeof literal !== 'string') return []
  const parts = partsOfReference(literal)
  if (parts === undefined) return []
  const resolvedText = resolve?.(literal)
  const resolved = resolvedText === undefined ? undefined : partsOfReference(resolvedText)
  const stated = isJsonObject(value) && typeof value.type === 'string' ? value.type : undefined
  const type = typeOf(resolved) ?? typeOf(parts) ?? stated
  if (targetType !== undefined && type !== undefined && type !== targetType) return []
  const rows = [rowOf(base, parts)]
  if (resolved?.target !== undefined && resolved.target !== parts.target) rows.push(rowOf(base, resolved))
  return rows
}

const typeOf = (parts: ReferenceParts | undefined): string | undefined =>
  parts?.target === undefined || parts.target.startsWith('urn:') ? undefined : parts.target.split('/')[0]

const rowOf = (base: RowBase, { target, base: url, id }: ReferenceParts): SearchRow => ({
  ...base,
  ...(url === undefined ? {} : { system: url }),
  ...(target === undefined ? {} : { code: target }),
  text: id,
})
