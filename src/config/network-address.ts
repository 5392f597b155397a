// A host and a port in the one form that settings, flags and log lines use: `127.0.0.1:50051`, `[::1]:50051`.

export interface NetworkAddress {
  /** A name, an IPv4 address, or an IPv6 address without brackets. */
  readonly host: string;
  /** 0: the system picks a free one when listening. */
  readonly port: number;
}

const addressPattern = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:[\]/]+)):(\d{1,5})$/;

/** Reads `host:port`; null when it is anything else. */
export function parseAddress(text: string): NetworkAddress | null {
  const match = addressPattern.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || port > 65_535) return null;
  return { host, port };
}

export function formatAddress(address: NetworkAddress): string {
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return `${host}:${address.port}`;
}
