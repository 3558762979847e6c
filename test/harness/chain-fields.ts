import { decode, decodeCommittedBlock, decodeTransaction, hexFromBytes, unwrap } from '@medchain/core'
import { anyItem } from './any-item.ts'

/** Everything that stands in one committed transaction, signatures included, down to its single values. */
export interface TransactionFields {
  readonly height: number
  readonly kind: string
  /** `bytes <hex>`, `text <text>` or `int <number>`. */
  readonly fields: readonly string[]
  readonly texts: readonly string[]
}

const leavesOf = (item: unknown): string[] => {
  if (Array.isArray(item)) return item.flatMap(leavesOf)
  if (item instanceof Uint8Array) {
    const inner = decode(anyItem, item)
    return inner.ok && Array.isArray(inner.value) ? leavesOf(inner.value) : [`bytes ${hexFromBytes(item)}`]
  }
  if (typeof item === 'string') return [`text ${item}`]
  return typeof item === 'number' || typeof item === 'bigint' ? [`int ${item}`] : []
}

const fieldsOf = (height: number, bytes: Uint8Array): TransactionFields => {
  const { kind } = unwrap(decodeTransaction(bytes)).body
  const fields = leavesOf([bytes])
  const texts = fields.filter((field) => field.startsWith('text ')).map((field) => field.slice(5))
  return { height, kind, fields, texts }
}

/** All transactions of a node's chain up to its head, decoded without regard to what they mean. */
export const fieldsOfChain = async (url: string): Promise<TransactionFields[]> => {
  const read = async (place: string): Promise<{ height: number; bytes: string }> =>
    (await fetch(`${url}${place}`)).json() as Promise<{ height: number; bytes: string }>
  const { height: head } = await read('/v1/status')
  const all: TransactionFields[] = []
  for (let height = 1; height <= head; height++) {
    const { bytes } = await read(`/v1/blocks/${height}`)
    const { block } = unwrap(decodeCommittedBlock(new Uint8Array(Buffer.from(bytes, 'base64'))))
    for (const transaction of block.transactions) all.push(fieldsOf(height, transaction))
  }
  return all
}
