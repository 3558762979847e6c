import { fail } from '../command-error.ts'

export const DEFAULT_NODE_URL = 'http://127.0.0.1:7740'

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

export const isLoopback = (url: string): boolean => LOOPBACK.test(new URL(url).hostname)

/** The origin of a node's URL: http on this machine, https elsewhere. */
export const parseNodeUrl = (typed: string): string => {
  const text = /^[a-z]+:\/\//i.test(typed) ? typed : `http://${typed}`
  if (!URL.canParse(text)) return fail('usage.node-url', `“${typed}” is not the URL of a node.`)
  const { protocol, origin } = new URL(text)
  if (protocol !== 'http:' && protocol !== 'https:') {
    return fail('usage.node-url', 'The URL of a node begins with http:// or https://.')
  }
  if (protocol === 'http:' && !isLoopback(text)) {
    return fail('usage.node-url', 'Off this machine a node is reached by https only.')
  }
  return origin
}

/** Where a daemon of this machine is reached that listens on `host:port`. */
export const localApiUrl = (api: string): string =>
  `http://${api.replace(/^0\.0\.0\.0:/, '127.0.0.1:').replace(/^\[::\]:/, '[::1]:')}`
