/** Settings of an API of which the answers are measured, not the refusal of one request too many. */
export const unlimited: Readonly<Record<string, string>> = {
  RATE_LIMIT_READS_PER_MINUTE: '0',
  RATE_LIMIT_WRITES_PER_MINUTE: '0',
  RATE_LIMIT_RUNS_PER_MINUTE: '0',
  MAX_REQUESTS_IN_FLIGHT: '1000',
  MAX_REQUESTS_IN_FLIGHT_PER_CALLER: '1000',
};
