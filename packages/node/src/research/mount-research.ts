import { equalBytes, ok, queryRun, type Result, researchDeliver } from '@medchain/core'
import type { Dispatcher } from '../requests/dispatcher.ts'
import type { PeerExchange } from '../requests/peer-exchange.ts'
import type { HostPorts } from '../requests/ports.ts'
import { signRequest } from '../requests/sign-request.ts'
import { rowNamesFor } from './broker/row-names.ts'
import type { ResearchPorts } from './ports.ts'
import { createResearch, type Research } from './research.ts'

export interface ResearchMount {
  readonly ports: HostPorts
  readonly dispatcher: Dispatcher
  readonly exchange: PeerExchange
  readonly onEvents: ResearchPorts['chain']['onEvents']
  readonly directoryCharts: ResearchPorts['directoryCharts']
  readonly read: ResearchPorts['read']
  readonly proofsOf: ResearchPorts['proofsOf']
  readonly pseudonymize: ResearchPorts['pseudonymize']
}

/** Builds the research part on the node's request dispatcher: queries come in, deliveries go both ways. */
export const mountResearch = (mount: ResearchMount): Research => {
  const { ports, dispatcher, exchange, onEvents, directoryCharts, read, proofsOf, pseudonymize } = mount
  const { chain, vault, self, clock, logger } = ports
  const chainPort = { ...chain, onEvents }

  const deliver = async (institution: Uint8Array, delivery: Uint8Array): Promise<Result<void>> => {
    if (equalBytes(institution, self.id)) return research.acceptDelivery(self.id, delivery)
    const sender = {
      networkId: chain.networkId,
      node: institution,
      actor: self.id,
      sign: self.sign,
      nowMs: clock.wallMs(),
    }
    const bytes = signRequest(sender, researchDeliver, { delivery })
    const answer = await exchange.call(institution, { type: 'request', bytes }, 'answer')
    return answer.ok ? ok(undefined) : answer
  }

  const rowNames: ResearchPorts['rowNames'] = async (broker, grantId, recordIds) => {
    if (equalBytes(broker, self.id))
      return rowNamesFor({ chain: chainPort, self, pseudonymize }, self.id, grantId, recordIds)
    const answer = await exchange.call(broker, { type: 'row-names', grantId, recordIds }, 'names')
    return answer.ok ? ok(answer.value.names) : answer
  }
  exchange.on('row-names', async (from, { grantId, recordIds }) => {
    const names = rowNamesFor({ chain: chainPort, self, pseudonymize }, from, grantId, recordIds)
    return names.ok ? ok({ type: 'names', names: names.value }) : names
  })

  const research = createResearch({
    chain: chainPort,
    vault,
    self,
    clock,
    logger,
    directoryCharts,
    read,
    proofsOf,
    deliver,
    rowNames,
    pseudonymize,
  })
  dispatcher.handle(researchDeliver, async ({ delivery }, { actor }) => {
    const accepted = await research.acceptDelivery(actor, delivery)
    return accepted.ok ? ok([] as const) : accepted
  })
  dispatcher.handle(queryRun, async ({ json }, { actor }) => {
    const answer = await research.query(actor, json)
    return answer.ok ? ok({ json: answer.value }) : answer
  })
  return research
}
