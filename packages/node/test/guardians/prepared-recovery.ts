import {
  accountIdFromInception,
  approveRecovery,
  type CarriedShare,
  CUSTODIANS_SHARE,
  custodiansOf,
  type EntrustedShare,
  encode,
  GUARDIANS_SHARE,
  openForRecovery,
  prepareRecovery,
  type RecoveryTerms,
  recoveryDeposit,
  recoveryEntrust,
  recoveryEntrusted,
  recoveryGive,
  recoveryGuardianTag,
  recoveryRegister,
  sealForRecovery,
  splitRecoverySecret,
  TICKETS_SHARE,
  transactionId,
  transactionMessage,
  unwrap,
} from '@medchain/core'
import { nodeCiphers } from '../../src/keystore/index.ts'
import type { Consortium, TestNode } from '../requests/consortium.ts'
import { enrolAt, type TestPerson, transactionOf } from '../requests/people.ts'

export const DAY_MS = 86_400_000
const { randomBytes } = nodeCiphers

export const CONTENT = new TextEncoder().encode('what the person needs to go on, sealed')

/** Keys that stand by themselves: a recovery's or a ticket's. */
export const createKeys = () => {
  const signingSeed = randomBytes(32)
  const sealingSecret = randomBytes(32)
  const inception = {
    signingKey: nodeCiphers.ed25519Public(signingSeed),
    sealingKey: nodeCiphers.x25519Public(sealingSecret),
    salt: randomBytes(32),
  }
  const sign = (message: Uint8Array) => nodeCiphers.ed25519Sign(signingSeed, message)
  return { id: accountIdFromInception(inception), inception, sign, sealingSecret }
}

export type Keys = ReturnType<typeof createKeys>

/** A person's recovery at the first node, all of it in place: guardians at the second, custodians the other three. */
export const prepareFor = async (world: Consortium, person: TestPerson, guardianCount: number) => {
  const own = createKeys()
  const { chain, nodes } = world
  const { networkId } = chain
  const sponsor = (nodes[0] as TestNode).institution.id
  const guardians: TestPerson[] = []
  for (let made = 0; made < guardianCount; made++) guardians.push(await enrolAt(world, 1, 'guardian'))
  const salts = guardians.map(() => randomBytes(32))
  const { custodians, threshold } = custodiansOf(
    own.id,
    chain.institutions.map(({ id }) => id),
    [sponsor],
  )
  const guardianThreshold = Math.min(2, guardianCount)
  const sizes = {
    guardians: { count: guardianCount, threshold: guardianThreshold },
    custodians: { count: custodians.length, threshold },
  }
  const shares = await splitRecoverySecret(own.sealingSecret, own.id, sizes, nodeCiphers)
  const terms: RecoveryTerms = {
    inception: own.inception,
    guardians: guardians.map(({ id }, place) => ({
      tag: recoveryGuardianTag(own.id, salts[place] as Uint8Array, id),
      shareDigest: shares.guardians.digests[place] as Uint8Array,
    })),
    guardianThreshold,
    custodians: custodians.map((institution, place) => ({
      institution,
      shareDigest: shares.custodians.digests[place] as Uint8Array,
    })),
    custodianThreshold: threshold,
    delayMs: guardianCount === 0 ? 14 * DAY_MS : 3 * DAY_MS,
  }
  const body = {
    version: 1,
    networkId,
    sender: sponsor,
    expiryMs: world.clock.wallMs() + 60_000,
    salt: randomBytes(16),
    kind: prepareRecovery.kind,
    payload: encode(prepareRecovery.payload, terms),
  }
  const signature = own.sign(transactionMessage(transactionId(body)))
  const registration = { body, signer: own.id, signature }
  const registered = await world.ask(0, person, recoveryRegister, { registration })
  const nodeOf = (institution: Uint8Array): number =>
    chain.institutions.findIndex(({ id }) => Buffer.from(id).equals(institution))
  const custodianNodes = custodians.map(nodeOf)
  const sealShare = async (place: number, share: Uint8Array) =>
    unwrap(
      await sealForRecovery(
        CUSTODIANS_SHARE,
        {
          networkId,
          recoveryId: own.id,
          recipient: (nodes[custodianNodes[place] as number] as TestNode).institution.sealingKey,
        },
        { position: place, share },
      ),
    )
  const deposit = async (place: number, share: Uint8Array | undefined, counter = 1) =>
    world.ask(
      0,
      own,
      recoveryDeposit,
      { share: share && (await sealShare(place, share)), counter, content: CONTENT },
      custodianNodes[place],
    )
  return {
    own,
    guardians,
    terms,
    shares,
    registration,
    registered,
    custodianNodes,
    deposit,
    async hand() {
      for (const [place, share] of shares.custodians.shares.entries()) unwrap(await deposit(place, share))
      for (const [place, guardian] of guardians.entries()) {
        const recipient = guardian.inception?.sealingKey as Uint8Array
        const sealed = unwrap(
          await sealForRecovery(
            GUARDIANS_SHARE,
            { networkId, recoveryId: own.id, recipient },
            {
              position: place,
              share: shares.guardians.shares[place] as Uint8Array,
              salt: salts[place] as Uint8Array,
              person: person.id,
            },
          ),
        )
        unwrap(await world.ask(0, own, recoveryEntrust, { guardian: guardian.id, sealed }, 1))
      }
    },
    /** A guardian finds its share, approves of the ticket, and gives the share to every custodian. */
    async approve(place: number, ticket: Keys, change: (share: Uint8Array) => Uint8Array = (share) => share) {
      const guardian = guardians[place] as TestPerson
      const [found] = unwrap(await world.ask(1, guardian, recoveryEntrusted, []))
      if (!found) return 'nothing entrusted'
      const entrusted: EntrustedShare = unwrap(
        await openForRecovery(
          GUARDIANS_SHARE,
          {
            networkId,
            recoveryId: found.recoveryId,
            recipient: guardian.inception?.sealingKey as Uint8Array,
          },
          guardian.sealingSecret,
          found.sealed,
        ),
      )
      const { position, salt, share } = entrusted
      const approval = { recoveryId: own.id, position, salt, ticket: ticket.inception }
      const outcome = await chain.submit(
        transactionOf(world, guardian, approveRecovery.kind, approveRecovery.payload, approval),
      )
      if (!outcome.ok) return outcome.code
      const carried: CarriedShare = { position, share: change(share) }
      const sealed = unwrap(
        await sealForRecovery(
          TICKETS_SHARE,
          { networkId, recoveryId: own.id, recipient: ticket.inception.sealingKey },
          carried,
        ),
      )
      for (const node of custodianNodes)
        unwrap(await world.ask(1, guardian, recoveryGive, { recoveryId: own.id, position, sealed }, node))
      return 'ok'
    },
  }
}
