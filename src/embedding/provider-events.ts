// What a provider reports to its owner while it works: for metrics, the log and the watchdog.

export interface ProviderEvents {
  /** Work goes on; also called while a service is waited for. */
  readonly onProgress: () => void;
  /** A model is being made on this machine, for the first time: `done` of `total` tokens. */
  readonly onPrepared: (done: number, total: number) => void;
  /** A request to a service ended: rows, limited, too_large, refused, failed, unusable, cancelled. */
  readonly onRequest: (outcome: string) => void;
  /** A request waited so long for the limits of a service. */
  readonly onWaited: (seconds: number) => void;
  readonly onSpent: (dollars: number) => void;
  /** closed, open, half_open; the reason is the service's last failure. */
  readonly onBreaker: (state: string, reason: string) => void;
  /** The day's spending cannot be written. */
  readonly onStoreError: (error: unknown) => void;
}
