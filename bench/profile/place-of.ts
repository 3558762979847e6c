/** The code that a frame of a profile belongs to. */
export interface CallFrame {
  readonly functionName: string
  readonly url: string
  /** From 0. */
  readonly lineNumber: number
}

const NOT_JAVASCRIPT: ReadonlyMap<string, string> = new Map([
  ['(idle)', 'idle'],
  ['(garbage collector)', 'garbage collection'],
  ['(program)', 'outside JavaScript'],
  ['(root)', 'outside JavaScript'],
])

/**
 * A room of the project (`node storage`), a package (`@libp2p/gossipsub`) or a part of Node.js (`node:http`); undefined
 * for built-in functions, whose time belongs to who called them.
 */
export const placeOf = ({ functionName, url }: CallFrame): string | undefined => {
  const named = NOT_JAVASCRIPT.get(functionName)
  if (named !== undefined) return named
  if (url === '') return undefined
  if (url.startsWith('wasm:')) return 'WebAssembly'
  const own = /\/packages\/(\w+)\/(?:dist|src|bin)\/(?:([\w-]+)\/)?[^/]*/.exec(url)
  if (own && !url.includes('/node_modules/')) return `${own[1]} ${own[2] ?? '(composition)'}`
  const [, foreign] = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url) ?? []
  if (foreign !== undefined) return foreign
  const [, builtIn] = /^node:(?:internal\/)?(?:deps\/)?([\w-]+)/.exec(url) ?? []
  if (builtIn === undefined) return 'other'
  if (builtIn.startsWith('_http')) return 'node:http'
  return builtIn === 'stream_base_commons' ? 'node:net' : `node:${builtIn.replace(/^_/, '')}`
}

/** A function as its developers know it; those without a name by file and line. */
export const functionOf = ({ functionName, url, lineNumber }: CallFrame): string => {
  if (functionName !== '' && functionName !== '(anonymous)') return functionName
  return `${url.slice(url.lastIndexOf('/') + 1)}:${lineNumber + 1}`
}
