// Progress that reads well on a terminal (a bar) and in a log (a line each quarter).

import { Presets, SingleBar } from 'cli-progress';

export interface Progress {
  update(done: number): void;
  stop(): void;
}

export function startProgress(label: string, total: number): Progress {
  return process.stdout.isTTY ? bar(label, total) : lines(label, total);
}

function bar(label: string, total: number): Progress {
  const format = `  ${label.padEnd(10)} {bar} {percentage} %  {value}/{total}  {eta_formatted} left`;
  const single = new SingleBar({ format, barsize: 40, hideCursor: true }, Presets.shades_classic);
  single.start(total, 0);
  return { update: (done) => single.update(done), stop: () => single.stop() };
}

function lines(label: string, total: number): Progress {
  let quartersShown = 0;
  return {
    update: (done) => {
      const quarters = Math.floor((done * 4) / total);
      if (quarters <= quartersShown) return;
      quartersShown = quarters;
      const percent = `${quarters * 25} %`.padStart(5);
      console.log(`  ${label.padEnd(10)} ${percent}  ${done}/${total}`);
    },
    stop: () => {},
  };
}
