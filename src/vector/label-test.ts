// Whether a label may be a hit: what a filter is to graph and tail.

export type LabelTest = (label: number) => boolean;
