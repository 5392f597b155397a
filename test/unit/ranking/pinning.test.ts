import { expect, test } from 'vitest';
import { isPinning } from '../../../src/ranking/pinning.ts';

const report = 80;

test.each(['ora-00942', 'err_ngx_502', '0x80070005', 'kb4013429', 'initrd.img', 'etc/fstab', 'java_home'])(
  'a short query about %s pins the few documents that hold it',
  (term) => {
    expect(isPinning({ term, holders: 1 }, 3)).toBe(true);
    expect(isPinning({ term, holders: 3 }, 3)).toBe(true);
    expect(isPinning({ term, holders: 4 }, 3)).toBe(false);
    expect(isPinning({ term, holders: 0 }, 3)).toBe(false);
  },
);

test.each(['ora-00942', 'err_ngx_502', '0x80070005', 'kb4013429'])(
  'the code %s pins in a sentence too, but not in a report',
  (term) => {
    expect(isPinning({ term, holders: 1 }, 16)).toBe(true);
    expect(isPinning({ term, holders: 1 }, report)).toBe(false);
  },
);

test.each(['etc/fstab', 'githubdesktop', 's3', 'db.example.com'])(
  'in a sentence %s is a circumstance',
  (term) => {
    expect(isPinning({ term, holders: 1 }, 16)).toBe(false);
  },
);

test.each(['2.6.32', 'v1.2', '60801', '1,000'])('%s names no document', (term) => {
  expect(isPinning({ term, holders: 1 }, 1)).toBe(false);
});
