/**
 * Raise it whenever analysis gives other terms for the same text: every lexical index is then built anew from the stored
 * texts at the next start, because a query could not meet the old terms.
 */
export const analyzerVersion = 2;
