// A pool thread that dies while it is loaded.

throw new Error('this thread cannot be loaded');
