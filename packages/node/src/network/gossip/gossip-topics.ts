import {
  type GossipSub,
  type Message,
  type TopicValidatorFn,
  TopicValidatorResult,
} from '@chainsafe/libp2p-gossipsub'
import { GOSSIP_BYTES_MAX } from '../limits.ts'
import type { MemberIndex } from '../member-index.ts'
import { NetworkError } from '../network-error.ts'
import type { GossipHandler, GossipTopic, GossipVerdict, NetworkLogger } from '../port.ts'
import { gossipTopicName } from '../protocol-ids.ts'
import type { Telemetry } from '../telemetry.ts'
import type { Violations } from '../violations.ts'

export const GOSSIP_TOPICS: readonly GossipTopic[] = ['blocks', 'bundles']

export interface GossipTopics {
  onGossip(topic: GossipTopic, handler: GossipHandler): void
  /** Installs the validators and subscribes to every topic. */
  join(pubsub: GossipSub): void
  publish(pubsub: GossipSub, topic: GossipTopic, bytes: Uint8Array): Promise<void>
}

const RESULTS: Readonly<Record<GossipVerdict, TopicValidatorResult>> = {
  accept: TopicValidatorResult.Accept,
  ignore: TopicValidatorResult.Ignore,
  reject: TopicValidatorResult.Reject,
}

export const createGossipTopics = (parts: {
  networkId: Uint8Array
  members: MemberIndex
  logger: NetworkLogger
  telemetry: Telemetry
  violations: Pick<Violations, 'blame'>
}): GossipTopics => {
  const handlers = new Map<GossipTopic, GossipHandler>()
  const { members, telemetry } = parts
  const counters = {
    accept: telemetry.gossipAccepted,
    ignore: telemetry.gossipIgnored,
    reject: telemetry.gossipRejected,
  }

  const judge = async (topic: GossipTopic, message: Message): Promise<GossipVerdict> => {
    if (message.type !== 'signed' || message.data.length > GOSSIP_BYTES_MAX) return 'reject'
    // The forwarder may know a member that this node's state does not show yet.
    const author = parts.members.byId(message.from.toString())
    const handler = handlers.get(topic)
    if (author === undefined || handler === undefined) return 'ignore'
    try {
      return await handler(author.member.institution, message.data)
    } catch (error) {
      parts.logger.warn({ topic, reason: String(error) }, 'a gossip handler threw')
      return 'ignore'
    }
  }

  const validatorOf =
    (topic: GossipTopic): TopicValidatorFn =>
    async (forwarder, message) => {
      const verdict = await judge(topic, message)
      counters[verdict].add(1)
      const author = message.type === 'signed' ? message.from.toString() : undefined
      const sender = members.byId(forwarder.toString())
      // A forwarder may know another state; its author said it.
      if (verdict === 'reject' && sender && (author === undefined || author === sender.id))
        parts.violations.blame(sender.member.institution, topic, 'gossip that no honest node sends')
      return RESULTS[verdict]
    }

  return {
    onGossip(topic, handler) {
      handlers.set(topic, handler)
    },
    join(pubsub) {
      for (const topic of GOSSIP_TOPICS) {
        const name = gossipTopicName(parts.networkId, topic)
        pubsub.topicValidators.set(name, validatorOf(topic))
        pubsub.subscribe(name)
      }
    },
    async publish(pubsub, topic, bytes) {
      if (bytes.length > GOSSIP_BYTES_MAX)
        throw new NetworkError('network.too-large', `a gossip message is at most ${GOSSIP_BYTES_MAX} bytes`)
      telemetry.gossipPublished.add(1)
      await pubsub.publish(gossipTopicName(parts.networkId, topic), bytes)
    },
  }
}
