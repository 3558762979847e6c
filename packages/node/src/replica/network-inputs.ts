import { bytesFromHex, type Result } from '@medchain/core'
import type { GossipVerdict, Network } from '../network/index.ts'
import type { InputGate } from './input-gate.ts'
import type { OpenQuestions } from './open-questions.ts'

export interface NetworkInputs {
  readonly network: Network
  readonly gate: InputGate
  /** The answer to a sync request from the disk alone. */
  readonly answerFromDisk: (request: Uint8Array) => Uint8Array
  readonly verdicts: OpenQuestions<GossipVerdict>
  readonly syncAnswers: OpenQuestions<Uint8Array | undefined>
}

const idFrom = (institution: string): Uint8Array | undefined => {
  const id: Result<Uint8Array> = bytesFromHex(institution)
  return id.ok && id.value.length === 32 ? id.value : undefined
}

/** Turns what the network hears into inputs. Call before the network starts. */
export const wireNetwork = (inputs: NetworkInputs): void => {
  const { network, verdicts, syncAnswers } = inputs
  const { add } = inputs.gate
  network.onPeer(({ institution, connected }) => {
    if (connected) add({ type: 'peer-up', peer: institution, institution: idFrom(institution) })
    else add({ type: 'peer-down', peer: institution })
  })
  network.onFrame((from, bytes) => void add({ type: 'frame', from, bytes }))
  for (const topic of ['blocks', 'bundles'] as const) {
    network.onGossip(topic, (from, bytes) => {
      const { token, answer } = verdicts.ask()
      if (!add({ type: 'gossip', from, topic, token, bytes })) verdicts.answer(token, 'ignore')
      return answer
    })
  }
  network.serve('sync', async (from, bytes) => {
    // Two nodes that heal before they start help each other.
    if (inputs.gate.isShut()) return inputs.answerFromDisk(bytes)
    const { token, answer } = syncAnswers.ask()
    if (!add({ type: 'sync-request', from, token, bytes })) syncAnswers.answer(token, undefined)
    const found = await answer
    if (found === undefined) throw new Error('too busy to answer')
    return found
  })
}
