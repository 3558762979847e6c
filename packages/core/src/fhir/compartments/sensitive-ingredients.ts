import type { Compartment } from '../../access/compartments.ts'

export interface SensitiveIngredients {
  readonly compartment: Compartment
  readonly names: string
}

// RxNorm concepts of one ingredient, by RXCUI. Clinical drugs (thousands of codes without a common prefix)
// are recognised by the ingredient's name in the medication's text.
export const RXNORM_INGREDIENTS: readonly { readonly compartment: Compartment; readonly codes: string }[] = [
  {
    compartment: 'substance-use',
    codes: '1819 6813 7243 3554 82819 351264 351265 351266 351267 1010600 1010604 1431076',
  },
  {
    compartment: 'hiv',
    codes: '11413 190521 195088 276237 343047 460132 719872 1433868 620216',
  },
  {
    compartment: 'mental-health',
    codes: '36437 4493 32937 2556 321988 39786 15996 6448 2626 35636 61381 51272 89013 115698 5093 2403',
  },
  { compartment: 'reproductive', codes: '6916 6373 14584 6691 4124 7514 2596 ' },
]

/** Ingredient names that mark a medication; `ritonavir` is absent because nirmatrelvir is given with it. */
export const SENSITIVE_INGREDIENTS: readonly SensitiveIngredients[] = [
  {
    compartment: 'substance-use',
    names:
      'buprenorphine methadone naltrexone disulfiram acamprosate lofexidine suboxone subutex sublocade vivitrol antabuse methadose zubsolv',
  },
  {
    compartment: 'hiv',
    names: `zidovudine abacavir emtricitabine efavirenz rilpivirine etravirine doravirine atazanavir darunavir
      lopinavir raltegravir dolutegravir bictegravir elvitegravir cabotegravir maraviroc enfuvirtide fostemsavir
      lenacapavir nevirapine ibalizumab biktarvy truvada descovy genvoya triumeq tivicay`,
  },
  {
    compartment: 'mental-health',
    names: `sertraline fluoxetine paroxetine citalopram escitalopram fluvoxamine venlafaxine desvenlafaxine
      vilazodone vortioxetine mirtazapine lithium clozapine olanzapine risperidone quetiapine aripiprazole
      ziprasidone lurasidone paliperidone haloperidol chlorpromazine fluphenazine perphenazine brexpiprazole
      cariprazine asenapine iloperidone buspirone phenelzine tranylcypromine methylphenidate atomoxetine
      lisdexamfetamine dexmethylphenidate esketamine`,
  },
  {
    compartment: 'reproductive',
    names: `mifepristone misoprostol etonogestrel levonorgestrel norethindrone norgestimate desogestrel drospirenone
      norelgestromin ulipristal medroxyprogesterone clomiphene nexplanon mirena paragard`,
  },
]
