// `kms reembed COLLECTION`: moves a collection to another embedding model while it serves.

import { type Command, Option } from 'commander';
import { KmsError } from '../base/errors.ts';
import type { EmbeddingModel } from '../grpc/generated/kms/v1/EmbeddingModel.ts';
import type { Reembed__Output } from '../grpc/generated/kms/v1/Reembed.ts';
import { exitCodes } from './command-io.ts';
import type { CommandRunner } from './command-runner.ts';
import { addClientOptions, type ClientOptions, integerReader } from './common-options.ts';
import type { Connection } from './connection.ts';
import { estimateJson, estimateText, reembedJson, reembedText } from './reembed-forms.ts';
import { safeJson } from './safe-text.ts';

const steps = ['estimate', 'start', 'status', 'compare', 'switch', 'rollback', 'drop'] as const;
type Step = (typeof steps)[number];

interface ReembedOptions extends ClientOptions, Readonly<Partial<Record<Step, boolean>>> {
  readonly provider?: string;
  readonly model: string;
  readonly dimensions: number;
  readonly allowRejected: boolean;
}

export function addReembedCommand(program: Command, runner: CommandRunner): void {
  const command = program
    .command('reembed')
    .description('Move a collection to another embedding model while it serves.')
    .argument('<collection>', 'the collection')
    .option('--estimate', 'say what it would take: documents, tokens, cost and time; starts nothing')
    .option('--start', 'fill a second generation of the collection in the background')
    .option('--status', 'show how far it has come (the default)')
    .option('--compare', 'ask both generations queries made of stored titles, and compare the answers')
    .option('--switch', 'let the second generation answer from now on; the first one is kept')
    .option('--rollback', 'let the generation before the switch answer again')
    .option('--drop', 'remove the generation that does not answer')
    .addOption(
      new Option('--provider <name>', 'the model to move to, for --estimate and --start').choices([
        'minilm',
        'static',
        'onnx',
        'openai',
      ]),
    )
    .option('--model <name>', 'minilm: int8 or fp32; static: none; onnx: a folder; openai: a model', '')
    .addOption(
      new Option('--dimensions <n>', 'vector length, for openai')
        .default(0, "the model's own")
        .argParser(integerReader(1, 4_096)),
    )
    .option('--allow-rejected', 'switch although the other model refused documents', false)
    .addHelpText(
      'after',
      `
Examples:
  kms reembed cases --estimate --provider openai --model text-embedding-3-small
  kms reembed cases --start --provider openai --model text-embedding-3-small
  kms reembed cases --start --provider static --timeout 120   # distils its table first, the first time
  kms reembed cases --status                # until it is ready
  kms reembed cases --compare               # how alike the two generations answer
  kms reembed cases --switch                # from the next search on; --rollback takes it back
  kms reembed cases --drop                  # when nobody wants to go back any more`,
    );
  addClientOptions(command).action((collection: string, options: ReembedOptions) => {
    const step = stepOf(command, options);
    const model = modelOf(command, step, options);
    return runner.withEngine(options, async (connection, io) => {
      if (step === 'estimate') {
        const estimate = await connection.call((client, call) =>
          client.estimateReembed({ collection, model }, call),
        );
        io.stdout.write(options.json ? `${safeJson(estimateJson(estimate))}\n` : estimateText(estimate));
        return exitCodes.done;
      }
      const request = { collection, model, allowRejected: options.allowRejected };
      const reembed = await take(connection, step, request);
      io.stdout.write(options.json ? `${safeJson(reembedJson(reembed))}\n` : reembedText(reembed));
      return exitCodes.done;
    });
  });
}

function stepOf(command: Command, options: ReembedOptions): Step {
  const chosen = steps.filter((step) => options[step] === true);
  const [step = 'status', ...others] = chosen;
  if (others.length === 0) return step;
  return command.error(`error: choose one of ${chosen.map((name) => `--${name}`).join(', ')}`);
}

function modelOf(command: Command, step: Step, options: ReembedOptions): EmbeddingModel | null {
  const { provider, model, dimensions } = options;
  if (step !== 'estimate' && step !== 'start') return null;
  if (provider === undefined)
    return command.error(`error: --${step} needs --provider minilm, static, onnx or openai`);
  return { provider, model, dimensions };
}

interface StepRequest {
  readonly collection: string;
  readonly model: EmbeddingModel | null;
  readonly allowRejected: boolean;
}

async function take(
  connection: Connection,
  step: Exclude<Step, 'estimate'>,
  { collection, model, allowRejected }: StepRequest,
): Promise<Reembed__Output> {
  const { reembed } = await connection.call((client, call) => {
    switch (step) {
      case 'start':
        return client.startReembed({ collection, model }, call);
      case 'status':
        return client.getReembed({ collection }, call);
      case 'compare':
        return client.getReembed({ collection, compare: true }, call);
      case 'switch':
        return client.switchReembed({ collection, allowRejected }, call);
      case 'rollback':
        return client.rollbackReembed({ collection, allowRejected }, call);
      case 'drop':
        return client.dropGeneration({ collection }, call);
    }
  });
  if (reembed === null) throw new KmsError('internal', 'the engine sent an answer without the move');
  return reembed;
}
