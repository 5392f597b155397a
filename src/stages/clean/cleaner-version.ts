/**
 * Part of the vector space's name. Raise it whenever extraction, cleaning or chunking gives other texts for the same
 * input: vectors of old and new texts are then never mixed.
 */
export const cleanerVersion = 1;
