/**
 * The dot product of two vectors of one length. Four sums side by side: the next addition need not wait for the one before.
 * For a few pairs; many rows go through the kernel of dot-kernel.ts.
 */
export function dotProduct(a: Float32Array, b: Float32Array): number {
  let [first, second, third, fourth] = [0, 0, 0, 0];
  const end = a.length - (a.length % 4);
  for (let i = 0; i < end; i += 4) {
    first += (a[i] as number) * (b[i] as number);
    second += (a[i + 1] as number) * (b[i + 1] as number);
    third += (a[i + 2] as number) * (b[i + 2] as number);
    fourth += (a[i + 3] as number) * (b[i + 3] as number);
  }
  for (let i = end; i < a.length; i++) first += (a[i] as number) * (b[i] as number);
  return first + second + third + fourth;
}
