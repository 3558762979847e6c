import { bytesFromHex, ok, type Result, refuse } from '@medchain/core'

/** Checks one JSON value; a refusal's sentence begins with what is wrong and is completed by the caller. */
export type Field<T> = (value: unknown) => T | undefined

export const textField =
  (lengthMax: number): Field<string> =>
  (value) =>
    typeof value === 'string' && value.length > 0 && value.length <= lengthMax && value.isWellFormed()
      ? value
      : undefined

export const wordField =
  <const W extends string>(words: readonly W[]): Field<W> =>
  (value) =>
    words.find((word) => word === value)

export const flagField: Field<boolean> = (value) => (typeof value === 'boolean' ? value : undefined)

export const countField =
  (max: number): Field<number> =>
  (value) =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= max ? value : undefined

export const hexField =
  (length: number): Field<Uint8Array> =>
  (value) => {
    const bytes = typeof value === 'string' ? bytesFromHex(value) : undefined
    return bytes?.ok && bytes.value.length === length ? bytes.value : undefined
  }

export const listField =
  <T>(inner: Field<T>, lengthMax: number): Field<readonly T[]> =>
  (value) => {
    if (!Array.isArray(value) || value.length > lengthMax) return undefined
    const members = value.map(inner).filter((member) => member !== undefined)
    return members.length === value.length ? members : undefined
  }

/** Multiaddr text such as `/ip4/127.0.0.1/tcp/7840`. */
export const addressField: Field<string> = (value) =>
  typeof value === 'string' && /^\/[a-z0-9]+\/[^\s]{1,240}$/.test(value) ? value : undefined

/** `host:port`, `[ipv6]:port`. */
export const endpointField: Field<string> = (value) => {
  if (typeof value !== 'string') return undefined
  const found = /^(\[[0-9a-fA-F:]+\]|[^\s:/]+):(\d{1,5})$/.exec(value)
  return found !== null && Number(found[2]) <= 65_535 ? value : undefined
}

export interface FieldCodes {
  readonly damaged: string
  readonly missing: string
  readonly unknown: string
}

export type Fields<T> = {
  readonly [K in keyof T]-?: { readonly field: Field<T[K]>; readonly fallback?: T[K] }
}

/** The typed object, or a refusal that names the file and the key at fault. */
export const readFields = <T extends object>(
  object: Readonly<Record<string, unknown>>,
  fields: Fields<T>,
  where: string,
  codes: FieldCodes,
): Result<T> => {
  const names = Object.keys(fields) as (keyof T & string)[]
  const unknown = Object.keys(object).find((name) => !names.some((known) => known === name))
  if (unknown !== undefined) return refuse(codes.unknown, `${where} has the unknown key "${unknown}".`)
  const value: Partial<T> = {}
  for (const name of names) {
    const { field, ...rest } = fields[name]
    const given = object[name]
    if (given === undefined) {
      if (!('fallback' in rest)) return refuse(codes.missing, `${where} lacks "${name}".`)
      value[name] = rest.fallback as T[typeof name]
      continue
    }
    const read = field(given)
    if (read === undefined) return refuse(codes.damaged, `${where} has a wrong value under "${name}".`)
    value[name] = read
  }
  return ok(value as T)
}

/** An object of its own; one with an unknown or a wrong key is wrong as a whole. */
export const objectField =
  <T extends object>(fields: Fields<T>): Field<T> =>
  (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    const codes = { damaged: '', missing: '', unknown: '' }
    const read = readFields(value as Readonly<Record<string, unknown>>, fields, '', codes)
    return read.ok ? read.value : undefined
  }
