import { readFile } from 'node:fs/promises'
import { ok, type Result, refuse } from '@medchain/core'
import { stripComments } from './strip-comments.ts'

export interface JsonFileCodes {
  readonly missing: string
  readonly damaged: string
}

export type JsonObject = Readonly<Record<string, unknown>>

const FILE_SIZE_BYTES_MAX = 4 * 1024 * 1024

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The object that commented JSON text stands for; `name` is what the refusal calls it. */
export const parseJsonObject = (text: string, name: string, damagedCode: string): Result<JsonObject> => {
  try {
    const value: unknown = JSON.parse(stripComments(text))
    return isJsonObject(value) ? ok(value) : refuse(damagedCode, `${name} does not hold a JSON object.`)
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/\s+/g, ' ') : 'unreadable'
    return refuse(damagedCode, `${name} is not readable as JSON: ${reason}.`)
  }
}

/** A file of commented JSON that holds one object. */
export const readJsonFile = async (file: string, codes: JsonFileCodes): Promise<Result<JsonObject>> => {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return code === 'ENOENT'
      ? refuse(codes.missing, `${file} does not exist.`)
      : refuse(codes.damaged, `${file} cannot be read (${code ?? 'unknown error'}).`)
  }
  if (text.length > FILE_SIZE_BYTES_MAX) return refuse(codes.damaged, `${file} is too large.`)
  return parseJsonObject(text, file, codes.damaged)
}
