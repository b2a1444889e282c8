/** The claims' routes, one function each. */

import { request } from "./http";
import type { Claim, ClaimSummary, ExperimentKind, Recording, TrialRecord } from "./types";

export const listClaims = (): Promise<{ claims: ClaimSummary[] }> => request("GET", "/claims");
export const getClaim = (id: string): Promise<Claim> => request("GET", `/claims/${encodeURIComponent(id)}`);
export const listRecordings = (): Promise<{ recordings: Recording[] }> => request("GET", "/recordings");
export const tryClaim = (id: string, experiment: ExperimentKind): Promise<TrialRecord> =>
  request("POST", `/claims/${encodeURIComponent(id)}/runs`, { experiment });
export const getTrial = (id: string): Promise<TrialRecord> => request("GET", `/trials/${encodeURIComponent(id)}`);
export const stopTrial = (id: string): Promise<void> =>
  request("POST", `/trials/${encodeURIComponent(id)}/commands`, { kind: "stop" });
export const claimReportUrl = (id: string): string => `/api/claims/${encodeURIComponent(id)}/export/report`;
