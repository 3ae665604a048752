/** Numbers as a person reads them: three digits and a unit. */

const digits = (value: number): string => {
  if (!Number.isFinite(value)) return '-';
  const places = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toFixed(places);
};

export function perSecond(value: number): string {
  if (value >= 1e6) return `${digits(value / 1e6)} M/s`;
  if (value >= 1e3) return `${digits(value / 1e3)} k/s`;
  return `${digits(value)} /s`;
}

export function duration(ns: number): string {
  if (Math.abs(ns) >= 1e6) return `${digits(ns / 1e6)} ms`;
  if (Math.abs(ns) >= 1e3) return `${digits(ns / 1e3)} µs`;
  return Number.isFinite(ns) ? `${digits(ns)} ns` : '-';
}

export const times = (ratio: number): string => (Number.isFinite(ratio) ? `${digits(ratio)} ×` : '-');

export const share = (value: number): string => `${(value * 100).toFixed(0)} %`;

export function kilobytes(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KiB`;
}

export const count = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 0 });
