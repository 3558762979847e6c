// The line form of clinical.ts.
export const CLAIMS_PARAMETERS: Readonly<Record<string, string>> = {
  Claim: `
    care-team reference careTeam.provider
    created date created
    detail-udi reference item.detail.udi
    encounter reference item.encounter
    enterer reference enterer
    facility reference facility
    identifier token identifier
    insurer reference insurer
    item-udi reference item.udi
    patient reference patient
    payee reference payee.party
    priority token priority
    procedure-udi reference procedure.udi
    provider reference provider
    status token status
    use token use`,
  ClaimResponse: `
    created date created
    disposition string disposition
    identifier token identifier
    insurer reference insurer
    outcome token outcome
    patient reference patient
    payment-date date payment.date
    request reference request
    requestor reference requestor
    status token status
    use token use`,
  Coverage: `
    beneficiary reference beneficiary
    class-type token class.type
    class-value string class.value
    dependent string dependent
    identifier token identifier
    patient reference beneficiary
    payor reference payor
    policy-holder reference policyHolder
    status token status
    subscriber reference subscriber
    type token type`,
  ExplanationOfBenefit: `
    care-team reference careTeam.provider
    claim reference claim
    coverage reference insurance.coverage
    created date created
    detail-udi reference item.detail.udi
    disposition string disposition
    encounter reference item.encounter
    enterer reference enterer
    facility reference facility
    identifier token identifier
    item-udi reference item.udi
    patient reference patient
    payee reference payee.party
    procedure-udi reference procedure.udi
    provider reference provider
    status token status`,
  Account: `
    identifier token identifier
    name string name
    owner reference owner
    patient reference:Patient subject
    period date servicePeriod
    status token status
    subject reference subject
    type token type`,
}
