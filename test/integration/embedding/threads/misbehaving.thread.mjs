// A pool thread that does what it is told by the first token of the first text: it dies in several ways.

export default async function infer({ texts }) {
  switch (texts[0]?.[0]) {
    case 1:
      process.exit(3);
      break;
    case 2:
      setImmediate(() => {
        throw new Error('thrown out of nowhere');
      });
      return new Promise(() => {});
    case 3: {
      const hoard = [];
      for (;;) hoard.push(new Array(1_000).fill(hoard.length));
    }
    case 4:
      // Never ends by itself.
      return new Promise(() => {});
  }
  return { vectors: new Float32Array(texts.length * 384), failures: [] };
}
