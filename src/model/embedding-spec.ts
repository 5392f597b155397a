// Which embedding model, as settings name it and the state store keeps it for each generation. No secrets in here: keys
// and addresses of services come from the environment each time.

export type EmbeddingSpec =
  /** The built-in model. */
  | { readonly provider: 'minilm'; readonly precision: 'int8' | 'fp32' }
  /** The built-in table of token vectors, distilled from the built-in model. */
  | { readonly provider: 'static' }
  /** A folder with model.onnx, tokenizer.json and config.json. */
  | { readonly provider: 'onnx'; readonly folder: string }
  /** A service that speaks OpenAI's embeddings API. `dimensions` null: the model's own number. */
  | { readonly provider: 'openai'; readonly model: string; readonly dimensions: number | null };
