// What 05-compute.ts hands to the compute pool: slow on purpose, and on another thread.
export default function volatility(prices: Float64Array): number {
  let sum = 0;
  for (let i = 1; i < prices.length; i++) sum += Math.log(prices[i]! / prices[i - 1]!) ** 2;
  return Math.sqrt(sum / Math.max(1, prices.length - 1));
}
