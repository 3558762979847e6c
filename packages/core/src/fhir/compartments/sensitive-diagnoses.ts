import type { SensitiveCodes } from './code-table.ts'

// Codes without dots; each stands for itself and everything below it in the classification.
// F17 and 305.1 (tobacco) are left out on purpose: 42 CFR Part 2 does not cover them.
export const ICD_10_CM: readonly SensitiveCodes[] = [
  {
    compartment: 'substance-use',
    prefixes: `F10 F11 F12 F13 F14 F15 F16 F18 F19 F55 R780 R781 R782 R783 R784 R785 Z714 Z715 T40 T51 K70 K852
      K860 K292 I426 G312 G621 G721 E244 O354 O355 O9931 O9932 P043 P044 P961 Q860 Z811 Z813 Z814 Y90`,
  },
  { compartment: 'hiv', prefixes: 'B20 B21 B22 B23 B24 B9735 Z21 O987 R75 Z206 Z114 Z717 Z2981' },
  {
    compartment: 'mental-health',
    prefixes: `F0 F2 F3 F4 F50 F51 F52 F53 F54 F59 F6 F7 F8 F9 R4585 T1491 X71 X72 X73 X74 X75 X76 X77 X78 X79
      X80 X81 X82 X83 Z133 Z818 Z865 Z9151 Z9152 Z915`,
  },
  {
    compartment: 'reproductive',
    prefixes: `O Z30 Z31 Z32 Z33 Z34 Z35 Z36 Z37 Z39 Z3A Z640 Z793 Z975 N96 N97 N98 N46 A50 A51 A52 A53 A54
      A55 A56 A57 A58 A59 A60 A63 A64 Z113 Z202 Z7251 Z7252 Z7253`,
  },
  {
    compartment: 'violence',
    prefixes: `T74 T76 X92 X93 X94 X95 X96 X97 X98 X99 Y00 Y01 Y02 Y03 Y04 Y05 Y06 Y07 Y08 Y09 Z69 Z044 Z047
      Z6281 Z9141 Z654`,
  },
  { compartment: 'genomics', prefixes: 'Z14 Z15 Z137' },
]

export const ICD_9_CM: readonly SensitiveCodes[] = [
  {
    compartment: 'substance-use',
    codes: '305',
    prefixes: '291 292 303 304 3050 3052 3053 3054 3055 3056 3057 3058 3059 7903 V6542 9650 9696 9800 6483',
  },
  { compartment: 'hiv', prefixes: '042 V08 07953 79571 V0179 V6544' },
  {
    compartment: 'mental-health',
    prefixes: `290 293 294 295 296 297 298 299 300 301 302 306 307 308 309 310 311 312 313 314 315 316 317 318
      319 E95 V6284 V11 V790`,
  },
  {
    compartment: 'reproductive',
    prefixes:
      '63 64 65 66 670 671 672 673 674 675 676 677 678 679 V22 V23 V24 V25 V26 V27 V28 628 606 090 091 092 093 094 095 096 097 098 099',
  },
  { compartment: 'violence', prefixes: '9955 9958 E96 V6111 V1541 V1542' },
  { compartment: 'genomics', prefixes: 'V83 V84' },
]

export const ICD_10_PCS: readonly SensitiveCodes[] = [
  { compartment: 'substance-use', prefixes: 'HZ' },
  { compartment: 'mental-health', prefixes: 'GZ' },
  { compartment: 'reproductive', prefixes: '10 0UL7 0VLQ 0VTQ' },
]

export const ICD_9_PROCEDURES: readonly SensitiveCodes[] = [
  { compartment: 'substance-use', prefixes: '9445 9446 9453 9454 946' },
  { compartment: 'mental-health', prefixes: '940 941 942 943 944 945' },
  { compartment: 'reproductive', prefixes: '690 695 72 73 74 75 662 663 637' },
]

export const MS_DRG: readonly SensitiveCodes[] = [
  { compartment: 'substance-use', codes: '894 895 896 897' },
  { compartment: 'hiv', codes: '969 970 974 975 976 977' },
  { compartment: 'mental-health', codes: '876 880 881 882 883 884 885 886 887' },
  {
    compartment: 'reproductive',
    codes:
      '765 766 767 768 769 770 774 775 776 777 778 779 780 781 782 783 784 785 786 787 788 796 797 798 805 806 807 817 818 819 831 832 833',
  },
]
