import { describe, expect, it } from 'vitest';
import { chooseInstructionSet, hasV3 } from '../../../scripts/instruction-set.mjs';

const v3Processor = 'flags\t\t: fpu sse4_2 movbe popcnt xsave avx f16c lahf_lm abm bmi1 avx2 bmi2 fma';

describe('the instruction set of the index addon', () => {
  it('is x86-64-v3 only when the processor has every instruction of it', () => {
    expect(hasV3(v3Processor)).toBe(true);
    for (const flag of ['avx', 'avx2', 'bmi1', 'bmi2', 'f16c', 'fma', 'abm', 'movbe', 'xsave']) {
      expect(hasV3(v3Processor.replace(new RegExp(`\\b${flag}\\b`), ''))).toBe(false);
    }
  });

  it('is the baseline where nothing is known about the processor', () => {
    expect(hasV3('')).toBe(false);
  });

  it('is the one that was asked for, and a wrong name is refused with the right ones', () => {
    expect(chooseInstructionSet('baseline')).toBe('baseline');
    expect(() => chooseInstructionSet('avx512')).toThrow('must be auto, baseline, x86-64-v3, native');
  });
});
