import { sendRequest } from './http.ts'

export interface ServerEvent {
  readonly name: string
  readonly data: string
}

const DAY_MS = 86_400_000

const eventOf = (block: string): ServerEvent | undefined => {
  let name = 'message'
  const data: string[] = []
  for (const line of block.split(/\r?\n/)) {
    if (line.startsWith('event:')) name = line.slice(6).trim()
    if (line.startsWith('data:')) data.push(line.slice(5).trimStart())
  }
  return data.length > 0 ? { name, data: data.join('\n') } : undefined
}

/** Server-sent events of a node, until it ends the stream or the signal aborts. */
export async function* readServerEvents(url: string, signal: AbortSignal): AsyncGenerator<ServerEvent> {
  const { message } = await sendRequest(url, { accept: 'text/event-stream', timeoutMs: DAY_MS, signal })
  const decoder = new TextDecoder()
  let waiting = ''
  for await (const chunk of message) {
    waiting += decoder.decode(chunk as Buffer, { stream: true })
    const blocks = waiting.split(/\r?\n\r?\n/)
    waiting = blocks.pop() ?? ''
    for (const block of blocks) {
      const event = eventOf(block)
      if (event !== undefined) yield event
    }
  }
}
