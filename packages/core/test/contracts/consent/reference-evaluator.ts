// What the patient's consents mean, written from the rules alone: slow, plain, and blind to the code it judges.

/** One consent of a patient for one chart, as a person would note it. */
export interface Consent {
  readonly grantee: string
  readonly mode: 'read' | 'write' | 'read-write'
  readonly purposes: readonly string[]
  readonly fromMs: number
  readonly untilMs: number
  /** Listed records; undefined for the whole chart. */
  readonly records: readonly string[] | undefined
  readonly broker: string | undefined
  readonly isDeny: boolean
  readonly isRevoked: boolean
}

export interface Asker {
  readonly name: string
  readonly institution: string
  readonly role: 'institution' | 'practitioner' | 'researcher' | 'device' | 'guardian'
}

export interface Asked {
  readonly record: string
  readonly author: string
  readonly purpose: string
  readonly timeMs: number
}

/** Staff stand for their institution; a researcher, a device and a guardian read nothing in its name. */
const isStaff = ({ role }: Asker): boolean => role === 'institution' || role === 'practitioner'

/** `permit`, `deny`, or `silent` where the consent does not speak of what is asked. */
const voteOf = (consent: Consent, asker: Asker, asked: Asked): 'permit' | 'deny' | 'silent' => {
  const isOver = consent.isRevoked || asked.timeMs >= consent.untilMs
  if (isOver || asked.timeMs < consent.fromMs) return 'silent'
  if (consent.mode === 'write') return 'silent'
  if (!consent.purposes.includes(asked.purpose)) return 'silent'
  const isNamed = consent.grantee === asker.name
  const isOfGrantee = consent.grantee === asker.institution
  if (consent.isDeny) {
    const isOfBroker = consent.broker === asker.institution && asked.purpose === 'HRESCH'
    return isNamed || isOfGrantee || isOfBroker ? 'deny' : 'silent'
  }
  if (asked.purpose === 'BTG' || asked.purpose === 'PATRQT') return 'silent'
  if (consent.records && !consent.records.includes(asked.record)) return 'silent'
  if (asked.purpose === 'HRESCH')
    return isStaff(asker) && consent.broker === asker.institution ? 'permit' : 'silent'
  return isNamed || (isOfGrantee && isStaff(asker)) ? 'permit' : 'silent'
}

/** Whether the record may be read: across consents deny beats permit, and silence denies. */
export const mayRead = (consents: readonly Consent[], asker: Asker, asked: Asked): boolean => {
  const isOwnWork = isStaff(asker) && asked.author === asker.institution
  if (isOwnWork && ['TREAT', 'HPAYMT', 'HOPERAT'].includes(asked.purpose)) return true
  const votes = consents.map((consent) => voteOf(consent, asker, asked))
  const isPermitted = votes.includes('permit') && !votes.includes('deny')
  // De-identifying is for a broker that reads the record for care anyway.
  if (asked.purpose !== 'HRESCH' || !isPermitted) return isPermitted
  return mayRead(consents, asker, { ...asked, purpose: 'TREAT' })
}
